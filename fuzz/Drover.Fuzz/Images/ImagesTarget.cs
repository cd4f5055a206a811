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
/// Images as enemy data: each is restored or refused by a declared error, in bounded time and memory. What is refused leaves nothing
/// behind; what is restored can be driven by hostile calls and ended, and then nothing of it is left either.
/// </summary>
internal sealed class ImagesTarget : IFuzzTarget
{
    private readonly string _folder;
    private readonly string _case;
    private readonly ImageBytes[] _images;
    private readonly FuzzNode _node = new("target", 0x2222);
    private readonly SheepServer _server;
    private readonly NodeHoldings _holdings;
    private readonly (QuotaAccount Ram, QuotaAccount Capabilities) _accounts;

    public ImagesTarget()
    {
        _folder = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"drover-fuzz-{Environment.ProcessId}");
        _case = Path.Combine(_folder, "case");
        Directory.CreateDirectory(_case);
        string module = Path.Combine(_folder, "module");
        File.WriteAllText(module, "good morning");
        ImageSource source = new(module);
        _images = [Written(source, "plain", compress: false), Written(source, "packed", compress: true)];
        _server = new SheepServer(_node);
        _holdings = _node.Holdings();
        _accounts = _server.Accounts;
    }

    public string Name => "images";

    public string Detail { get; private set; } = "";

    public string RunCase(Chance chance)
    {
        ImageBytes damaged = chance.Pick(_images).Copy();
        ImageDamage.Apply(damaged, chance);
        damaged.Write(_case);
        Detail = "";
        string outcome;
        try
        {
            using ImageReader image = ImageReader.Open(_case);
            MonitoredComponent component = _node.Monitor.Restore(image, "victim", _ => { });
            Drive(component, chance);
            outcome = "accepted";
        }
        catch (Exception refusal) when (IsDeclared(refusal))
        {
            Detail = refusal.Message;
            FindingException.Unless(refusal.Message.Length > 10, "the refusal says nothing");
            outcome = $"refused by {refusal.GetType().Name}";
        }

        CheckNothingLeft();
        return outcome;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ImageBytes Written(ImageSource source, string name, bool compress)
    {
        string directory = Path.Combine(_folder, name);
        source.Write(directory, compress);
        return ImageBytes.Read(directory);
    }

    private static bool IsDeclared(Exception refusal) => refusal is ImageFormatException or RestoreRefusedException
        or DomainStateException or InvalidProcessStateException or TableFormatException or ImageStorageException;

    /// <summary>The threads issue what they were in again, and then whatever; a second checkpoint is taken or refused; the end.</summary>
    private void Drive(MonitoredComponent component, Chance chance)
    {
        FuzzProcess process = _node.LastProcess;
        try
        {
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
            _node.Time.Advance(TimeSpan.FromSeconds(1));
        }
        finally
        {
            component.StopAsync().GetAwaiter().GetResult();
        }
    }

    private void CheckNothingLeft()
    {
        _node.CheckFaults();
        FindingException.Unless(_server.IsIdle(), "a session was left open");
        FindingException.Unless(SpinWait.SpinUntil(() => _node.Holdings() == _holdings, TimeSpan.FromSeconds(10)), "something was left behind in core");
        FindingException.Unless(SpinWait.SpinUntil(() => _server.Accounts == _accounts, TimeSpan.FromSeconds(10)), "quota was lost or found");
    }
}
