using Drover.Contracts;
using Drover.Contracts.Sessions;
using Drover.Core.Capabilities;
using Drover.Core.Memory;
using Drover.Core.Services;
using Drover.Core.Signals;
using Drover.Core.State;
using Drover.Images;
using Drover.Images.State;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Interception;
using Drover.Monitor.Parent;
using Drover.Platform.Faults;
using TimerState = Drover.Images.State.TimerState;

namespace Drover.Monitor.Restore;

/// <summary>
/// Opens the sessions of an image again, from what was recorded of them, and tells the restoration what stands now for
/// each. Sessions to services of other members of the group are joined together as they were; those to services of
/// components outside are opened at the ones that this node has.
/// </summary>
internal sealed class SessionRebuild(MemberRestore member, GroupObjects group, CoreServices services, ServiceDirectory directory)
{
    private readonly MonitoredComponent _component = member.Component;
    private readonly ImageManifest _manifest = member.Manifest;
    private readonly DomainRestoration _restoration = member.Restoration;
    private readonly Dictionary<ObjectId, ObjectState> _objects = member.Manifest.Domain.Objects.ToDictionary(entry => entry.Id);
    private readonly Dictionary<ObjectId, RomSession> _romSessions = []; // by the session's id in the image
    private readonly Dictionary<MemberRestore, HashSet<(string Service, ulong Badge)>> _sessionsOf = []; // of those that were asked for

    /// <summary>Opens the sessions to services inside the node.</summary>
    public void OpenOfNode()
    {
        foreach (SessionState session in _manifest.Sessions.Where(session => _objects[session.Capability].Kind != ObjectKind.ForeignSession))
            Provide(session);
        foreach (ObjectState rom in _manifest.Domain.Objects.Where(entry => entry.Dataspace is { RomName: not null }))
            _restoration.Provide(rom.Badge, ContentOf(rom.Dataspace!));
    }

    /// <summary>Opens or joins the sessions to services of other components, whose announcements are there by now.</summary>
    public void OpenOfComponents()
    {
        foreach (SessionState session in _manifest.Sessions.Where(session => _objects[session.Capability].Kind == ObjectKind.ForeignSession))
            Provide(session);
    }

    /// <summary>What nothing stands for by now stays behind.</summary>
    public void GiveUpTheRest()
    {
        foreach (ulong badge in _restoration.MissingBadges)
            _restoration.ProvideVoid(badge);
    }

    private void Provide(SessionState session)
    {
        member.Faults.Reach(FaultPoint.RestoreOpenSession);
        ObjectState target = _objects[session.Capability];
        Donation donation = new(session.RamUpgradeBytes, session.CapabilityUpgrade);
        SessionCreation creation = new(session.Service, session.Label, session.Arguments, donation);
        OpenSession open = target.Kind switch
        {
            ObjectKind.LogSession => services.OpenLog(
                _component,
                new LogSession(_component.LogSink, CoreServices.LogPrefix(session.Arguments), session.Details.GetValueOrDefault(SessionDetails.PartialLine, "")),
                creation),
            ObjectKind.RomSession => OpenRom(session.Capability, creation),
            ObjectKind.TimerSession => services.OpenTimer(_component, services.RebuildTimer(Timer(target.Timer), Handler(target.Timer)), creation),
            ObjectKind.ForeignSession when group.OwnerOf(target.Badge, member) is { } server => Join(server, target.Badge, creation),
            ObjectKind.ForeignSession => OpenForeign(creation),
            _ => throw new RestoreRefusedException($"the image has a session to '{session.Service}' that is a {target.Kind}"),
        };
        try
        {
            Keep(open);
        }
        catch
        {
            // It is in no book, so nobody else would tell its server and take the donation back.
            SessionEnds.OfClient(open);
            throw;
        }

        // What came from another member was linked already if the component holds it.
        if (!_restoration.Objects.ContainsKey(target.Badge))
            _restoration.Provide(target.Badge, open.Gate);
    }

    /// <summary>The session goes on: client and server know each other as before, and what was donated stays where it is.</summary>
    private OpenSession Join(MemberRestore server, ulong badge, SessionCreation creation)
    {
        if (group.Find(badge, member) is not { } gate || !ReferenceEquals(gate.Owner, server.Component.Domain)
            || directory.Of(server.Component).FirstOrDefault(announced => announced.Service == creation.Service) is not { } announcement
            || !HasSession(server, creation.Service, badge))
            throw new RestoreRefusedException($"the image has a session to '{creation.Service}' of which '{server.Component.Name}' in the same group knows nothing");
        OpenSession joined = new(_component, new ForeignSession(creation), gate, announcement);
        announcement.Sessions.TryAdd(joined);
        return joined;
    }

    private bool HasSession(MemberRestore server, string service, ulong badge)
    {
        if (_sessionsOf.TryGetValue(server, out HashSet<(string, ulong)>? known))
            return known.Contains((service, badge));
        Dictionary<ObjectId, ulong> badges = server.Manifest.Domain.Objects.ToDictionary(entry => entry.Id, entry => entry.Badge);
        known = [.. server.Manifest.Announcements.SelectMany(announced => announced.Sessions.Select(session => (announced.Service, badges[session])))];
        _sessionsOf.Add(server, known);
        return known.Contains((service, badge));
    }

    private void Keep(OpenSession open)
    {
        member.Faults.Reach(FaultPoint.RestoreKeepSession);
        if (!_component.Sessions.TryAdd(open))
            throw new RestoreRefusedException($"the image has more than {SessionBook.MaxSessions} sessions, or one of them twice");
    }

    private OpenSession OpenRom(ObjectId id, SessionCreation creation)
    {
        RomSession session = CreateRom(creation.Arguments);
        _romSessions.Add(id, session);
        return services.OpenRom(_component, session, creation);
    }

    /// <summary>That of the session which gave it, so that each session ends its own dataspace when it is closed.</summary>
    private Dataspace ContentOf(Images.State.DataspaceState module) =>
        (module.RomSession is { } session ? _romSessions[session] : CreateRom(module.RomName!)).Content;

    private RomSession CreateRom(string module) => services.CreateRom(_component, module)
        ?? throw new RestoreRefusedException($"the component uses a ROM module '{module}' that the image does not name");

    private OpenSession OpenForeign(SessionCreation creation)
    {
        if (directory.Find(creation.Service) is not { } announcement)
            throw new RestoreRefusedException($"the component has a session to the service '{creation.Service}', which nobody offers on this node");
        if (creation.Donation != default && !_component.Domain.TryDonate(announcement.Server.Domain, creation.Donation))
            throw new RestoreRefusedException($"the quota does not suffice for what the session to '{creation.Service}' was given");
        Attempt<OpenSession, SessionError> opened = RootCalls.Open(_component, announcement, creation);
        if (opened.TryGet(out OpenSession? session, out SessionError error))
            return session;
        announcement.Server.Domain.GiveBack(_component.Domain, creation.Donation);
        throw new RestoreRefusedException($"the service '{creation.Service}' does not open the session again: {error}");
    }

    private SignalContext? Handler(TimerState? timer) =>
        timer?.Handler is { } handler
            ? (_restoration.Objects.GetValueOrDefault(_objects[handler].Badge) ?? group.Find(_objects[handler].Badge, member)) as SignalContext
            : null;

    private static Core.Services.TimerState Timer(TimerState? timer) => timer is null
        ? default
        : new Core.Services.TimerState(
            Span(timer.ElapsedNanoseconds),
            Span(timer.PeriodNanoseconds),
            timer.RemainingNanoseconds is { } remaining ? Span(remaining) - Span(timer.OverdueNanoseconds ?? 0) : null);

    // A forged image may say more than a TimeSpan holds.
    private static TimeSpan Span(ulong nanoseconds) =>
        TimeSpan.FromTicks((long)(Math.Min(nanoseconds, long.MaxValue / 4) / TimeSpan.NanosecondsPerTick));

    private string Taken(string service)
    {
        string owner = directory.Find(service) is { } other ? $"'{other.Server.Name}'" : "another component";
        return $"{owner} offers the service '{service}' on this node, which '{_manifest.ComponentName}' offers too, and only one can; end {owner} first, or go to another node";
    }

    public void Announce()
    {
        member.Faults.Reach(FaultPoint.RestoreAnnounce);
        foreach (AnnouncementState announced in _manifest.Announcements)
        {
            if (_restoration.Objects.GetValueOrDefault(_objects[announced.Root].Badge) is not { } root)
                throw new RestoreRefusedException($"the root of the service '{announced.Service}' is not in the image");
            if (!directory.TryAdd(new Announcement(announced.Service, _component, root.ToCapability<IRoot>())))
                throw new RestoreRefusedException(Taken(announced.Service));
        }
    }
}
