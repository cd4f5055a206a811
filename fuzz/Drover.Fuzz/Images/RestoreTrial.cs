using Drover.Contracts.Abi;
using Drover.Contracts.Sessions;
using Drover.Core.State;
using Drover.Core.Tests.Fakes;
using Drover.Fuzz.Machine;
using Drover.Fuzz.Running;
using Drover.Images;
using Drover.Linux.Processes;
using Drover.Monitor;
using Drover.Monitor.Restore;
using Drover.Monitor.Tables;

namespace Drover.Fuzz.Images;

/// <summary>
/// A node on which images are tried: whatever comes is restored or refused by a declared error, and nothing of it is left afterwards.
/// </summary>
internal sealed class RestoreTrial
{
    private readonly FuzzNode _node = new("target", 0x2222);
    private readonly SheepServer? _server;
    private readonly NodeHoldings _holdings;
    private readonly (QuotaAccount Ram, QuotaAccount Capabilities) _accounts;

    /// <param name="offersSheep">Whether the node has the service that the images' victim uses.</param>
    public RestoreTrial(bool offersSheep)
    {
        _server = offersSheep ? new SheepServer(_node) : null;
        _holdings = _node.Holdings();
        _accounts = Accounts;
    }

    /// <summary>Why the last one was refused; empty if it was not.</summary>
    public string Refusal { get; private set; } = "";

    private (QuotaAccount, QuotaAccount) Accounts => _server?.Accounts ?? default;

    /// <summary>Opens, restores, drives and ends what is there. Gives how that went, in a word.</summary>
    /// <param name="chance">For the calls of what was restored.</param>
    /// <param name="open">Gives the image, or all those of a group, and what is to be disposed afterwards.</param>
    public string Run(Chance chance, Func<(IDisposable Reader, IReadOnlyList<ImageReader> Images)> open)
    {
        Refusal = "";
        string outcome;
        try
        {
            (IDisposable reader, IReadOnlyList<ImageReader> images) = open();
            using (reader)
                Drive(_node.Monitor.Restore([.. images.Select((image, i) => new RestoreOrder(image, $"victim-{i}", _ => { }))]), chance);
            outcome = "accepted";
        }
        catch (Exception refusal) when (IsDeclared(refusal))
        {
            Refusal = refusal.Message;
            FindingException.Unless(refusal.Message.Length > 10, "the refusal says nothing");
            outcome = $"refused by {refusal.GetType().Name}";
        }

        CheckNothingLeft();
        return outcome;
    }

    private static bool IsDeclared(Exception refusal) => refusal is ImageFormatException or RestoreRefusedException
        or DomainStateException or InvalidProcessStateException or TableFormatException or ImageStorageException;

    /// <summary>The threads issue what they were in again, and then whatever; all are stopped as for another checkpoint; the end.</summary>
    private void Drive(IReadOnlyList<MonitoredComponent> components, Chance chance)
    {
        try
        {
            foreach (MonitoredComponent component in components)
                Drive(component, chance);
            _node.Time.Advance(TimeSpan.FromSeconds(1));
        }
        finally
        {
            foreach (MonitoredComponent component in components)
                component.StopAsync().GetAwaiter().GetResult();
        }
    }

    private void Drive(MonitoredComponent component, Chance chance)
    {
        var process = (FuzzProcess)component.Process;
        foreach (ThreadIpcState thread in component.Domain.Describe().Threads)
        {
            FakeThread rebuilt = _node.Rebuilt(component, process, thread.ThreadId, thread.Slot);
            rebuilt.Private((PrivateCall)thread.Call, 0, 0, thread.Sequence);
            for (int i = 0; i < 4; i++)
                rebuilt.Private(PrivateCall.Call + chance.Below(5), chance.OneIn(2) ? (ulong)chance.Below(40) : chance.Interesting(), (ulong)chance.Below(64), thread.Sequence + 1 + (ulong)i);
            if (chance.OneIn(4))
                component.Domain.ThreadExits(process.FakePort, rebuilt.HostThreadId);
        }

        component.Domain.FinishServing(TimeSpan.FromSeconds(20));
        component.Domain.Describe();
        component.Domain.GoOn();
    }

    private void CheckNothingLeft()
    {
        _node.CheckFaults();
        FindingException.Unless(_server?.IsIdle() ?? true, "a session was left open");
        FindingException.Unless(SpinWait.SpinUntil(() => _node.Holdings() == _holdings, TimeSpan.FromSeconds(10)), "something was left behind in core");
        FindingException.Unless(SpinWait.SpinUntil(() => Accounts == _accounts, TimeSpan.FromSeconds(10)), "quota was lost or found");
    }
}
