using System.Buffers;
using System.Text;
using Drover.Images.State;
using Drover.Platform.State;

namespace Drover.Images.Format;

/// <summary>Checks that what a manifest says holds together: counts, ranges, cross references. Whoever gets a manifest that
/// passed needs no such check again.</summary>
internal sealed partial class ManifestValidation
{
    private static readonly SearchValues<char> s_hexadecimal = SearchValues.Create("0123456789abcdef");

    private readonly string _path;
    private readonly ImageManifest _manifest;
    private readonly Dictionary<ObjectId, ObjectState> _objects = [];

    private ManifestValidation(string path, ImageManifest manifest)
    {
        _path = path;
        _manifest = manifest;
    }

    /// <summary>Throws <see cref="ImageFormatException"/> naming the first thing that does not hold.</summary>
    public static void Check(string path, ImageManifest manifest)
    {
        var validation = new ManifestValidation(path, manifest);
        validation.CheckHead();
        validation.CheckProcess(manifest.Process);
        validation.CheckDomain(manifest.Domain);
        validation.CheckSessions(manifest.Sessions);
        validation.CheckRomSessions(manifest.Domain.Objects);
        validation.CheckAnnouncements(manifest.Announcements);
        validation.CheckLaunch(manifest.Launch);
    }

    private void CheckHead()
    {
        Text(_manifest.NodeName, "nodeName");
        Text(_manifest.ComponentName, "componentName");
        if (_manifest.Compression is { } compression && compression.Method != CompressionState.Zstandard)
            throw Bad("compression.method", $"\"{CompressionState.Zstandard}\"", $"\"{compression.Method}\"");
        if (_manifest.ComponentName.Length == 0)
            throw Bad("componentName", "a name", "nothing");
        Texts(_manifest.Cpu.Features, "cpu.features");
        CheckParent();
    }

    private void CheckParent()
    {
        if (_manifest.ImageId == Guid.Empty)
            throw Bad("imageId", "an id that is not zero", $"{_manifest.ImageId}");
        if (_manifest.Parent is not { } parent)
            return;
        Text(parent.Path, "parent.path");
        if (parent.Path.Length == 0 || parent.Path.Contains('\0', StringComparison.Ordinal))
            throw Bad("parent.path", "the path of a directory", $"\"{parent.Path}\"");
        if (_manifest.ImageId is not { } id || parent.Id == id || parent.Id == Guid.Empty)
            throw Bad("parent.id", "the id of another image", $"{parent.Id}");
    }

    private void CheckAnnouncements(IReadOnlyList<AnnouncementState> announcements)
    {
        Elements(announcements, "announcements", ImageLimits.Sessions);
        for (int i = 0; i < announcements.Count; i++)
        {
            Text(announcements[i].Service, $"announcements[{i}].service");
            Count(announcements[i].Sessions.Count, $"announcements[{i}].sessions", ImageLimits.Sessions);
            ReferenceTo(ObjectKind.Gate, announcements[i].Root, $"announcements[{i}].root");
            foreach (ObjectId session in announcements[i].Sessions)
                ReferenceTo(ObjectKind.Gate, session, $"announcements[{i}].sessions");
            CheckDonations(announcements[i], $"announcements[{i}].donations");
        }
    }

    private void CheckDonations(AnnouncementState announcement, string subject)
    {
        if (announcement.Donations is not { } donations)
            return;
        Elements(donations, subject, ImageLimits.Sessions);
        HashSet<ObjectId> sessions = [.. announcement.Sessions];
        foreach (DonationState donation in donations)
        {
            if (!sessions.Remove(donation.Session))
                throw Bad(subject, "a session of the service, once", $"{donation.Session}");
        }
    }

    private void CheckSessions(IReadOnlyList<SessionState> sessions)
    {
        Elements(sessions, "sessions", ImageLimits.Sessions);
        var named = new HashSet<ObjectId>();
        ulong ramBytes = _manifest.Domain.RamQuotaBytes;
        ulong capabilities = _manifest.Domain.CapabilityQuota;
        for (int i = 0; i < sessions.Count; i++)
        {
            SessionState session = sessions[i];
            AddQuota(ref ramBytes, session.RamUpgradeBytes, $"sessions[{i}].ramUpgradeBytes");
            AddQuota(ref capabilities, session.CapabilityUpgrade, $"sessions[{i}].capabilityUpgrade");
            if (string.IsNullOrEmpty(session.Service))
                throw Bad($"sessions[{i}].service", "a name", "nothing");
            Text(session.Service, $"sessions[{i}].service");
            Text(session.Arguments, $"sessions[{i}].arguments");
            Text(session.Label, $"sessions[{i}].label");
            ObjectState target = Reference(session.Capability, $"sessions[{i}].capability");
            if (!IsSession(target.Kind) || !named.Add(session.Capability))
                throw Bad($"sessions[{i}].capability", "the id of a session, once", $"{session.Capability}, a {target.Kind}");
            if (session.CapabilityUpgrade > uint.MaxValue)
                throw Bad($"sessions[{i}].capabilityUpgrade", $"at most {uint.MaxValue}", $"{session.CapabilityUpgrade}");
            Count(session.Details.Count, $"sessions[{i}].details", ImageLimits.Entries);
            foreach ((string key, string value) in session.Details)
            {
                Text(key, $"sessions[{i}].details");
                Text(value, $"sessions[{i}].details");
            }
        }
    }

    /// <summary>A dataspace of a ROM module is of one session to that module, and of no session that gave another.</summary>
    private void CheckRomSessions(IReadOnlyList<ObjectState> objects)
    {
        Dictionary<ObjectId, SessionState> left = _manifest.Sessions.ToDictionary(session => session.Capability);
        for (int i = 0; i < objects.Count; i++)
        {
            if (objects[i].Dataspace is not { RomSession: { } id } dataspace)
                continue;
            string subject = $"domain.objects[{i}].dataspace.romSession";
            ReferenceTo(ObjectKind.RomSession, id, subject);
            if (!left.Remove(id, out SessionState? session) || session.Arguments != dataspace.RomName)
                throw Bad(subject, "a session to the ROM module, that of one dataspace only", $"{id}");
        }
    }

    /// <summary>A restore adds up what the domain has and what it gave to its sessions.</summary>
    private void AddQuota(ref ulong sum, ulong more, string subject)
    {
        if (more > ulong.MaxValue - sum)
            throw Bad(subject, $"a sum of quotas below 2^64, so at most {ulong.MaxValue - sum}", $"{more}");
        sum += more;
    }

    private static bool IsSession(ObjectKind kind) =>
        kind is ObjectKind.LogSession or ObjectKind.RomSession or ObjectKind.TimerSession or ObjectKind.ForeignSession;

    private void CheckLaunch(LaunchState launch)
    {
        Text(launch.Executable, "launch.executable");
        Texts(launch.Arguments, "launch.arguments");
        Texts(launch.Environment, "launch.environment");
        Texts(launch.ReadableFolders, "launch.readableFolders");
        Elements(launch.Roms, "launch.roms", ImageLimits.Entries);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < launch.Roms.Count; i++)
        {
            RomState rom = launch.Roms[i];
            Text(rom.Name, $"launch.roms[{i}].name");
            if (rom.Name.Length == 0)
                throw Bad($"launch.roms[{i}].name", "a name", "nothing");
            if (!names.Add(rom.Name))
                throw Bad($"launch.roms[{i}].name", "a name of its own", $"\"{rom.Name}\" again");
            File(rom.File, $"launch.roms[{i}].file");
        }

        if (launch.Limits.Threads is < 1 or > ImageLimits.Threads)
            throw Bad("launch.limits.threads", $"1 to {ImageLimits.Threads}", $"{launch.Limits.Threads}");
    }

    private void File(FileIdentity? file, string subject)
    {
        if (file is null)
            throw Bad(subject, "a file", "nothing");
        Text(file.Path, $"{subject}.path");
        if (!file.Path.StartsWith('/') || file.Path.Contains('\0', StringComparison.Ordinal))
            throw Bad($"{subject}.path", "an absolute path", $"\"{file.Path}\"");
        if (file.LengthBytes < 0)
            throw Bad($"{subject}.lengthBytes", "0 or more", $"{file.LengthBytes}");
        if (file.Sha256.Length != 64 || file.Sha256.AsSpan().ContainsAnyExcept(s_hexadecimal))
            throw Bad($"{subject}.sha256", "64 lower-case hexadecimal digits", $"\"{file.Sha256}\"");
    }

    private ObjectState Reference(ObjectId id, string subject) =>
        _objects.TryGetValue(id, out ObjectState? found) ? found : throw Bad(subject, "the id of an object in the image", $"{id}");

    private void ReferenceTo(ObjectKind kind, ObjectId id, string subject)
    {
        ObjectState found = Reference(id, subject);
        if (found.Kind != kind)
            throw Bad(subject, $"the id of a {kind}", $"{id}, a {found.Kind}");
    }

    private void Text(string? text, string subject)
    {
        if (text is null)
            throw Bad(subject, "text", "null");
        if (text.Length > ImageLimits.StringLength)
            throw Bad(subject, $"at most {ImageLimits.StringLength} characters", $"{text.Length}");
        // JSON would silently hold another character in its place.
        if (text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !Encoding.Unicode.GetString(Encoding.Unicode.GetBytes(text)).Equals(text, StringComparison.Ordinal))
            throw Bad(subject, "well-formed UTF-16", "half a surrogate pair");
    }

    private void Texts(IReadOnlyList<string> texts, string subject)
    {
        Count(texts.Count, subject, ImageLimits.Entries);
        for (int i = 0; i < texts.Count; i++)
            Text(texts[i], subject);
    }

    private void Count(int count, string subject, int most)
    {
        if (count > most)
            throw Bad(subject, $"at most {most} entries", $"{count}");
    }

    private void Elements<T>(IReadOnlyList<T> elements, string subject, int most)
        where T : class
    {
        Count(elements.Count, subject, most);
        for (int i = 0; i < elements.Count; i++)
        {
            if (elements[i] is null)
                throw Bad($"{subject}[{i}]", "a value", "null");
        }
    }

    private static bool IsPageAligned(ulong value) => value % ImageFormat.PageBytes == 0;

    private ImageFormatException Bad(string subject, string expected, string found) =>
        new(_path, ManifestHeader.EncodedBytes, subject, expected, found);
}
