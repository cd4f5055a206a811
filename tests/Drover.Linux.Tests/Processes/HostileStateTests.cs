using System.Buffers.Binary;
using Drover.Linux.Native;
using Drover.Linux.Personality;
using Drover.Linux.Processes;
using Drover.Platform;
using Drover.Platform.State;
using Xunit;
using ThreadState = Drover.Platform.State.ThreadState;

namespace Drover.Linux.Tests.Processes;

[Collection(AloneCollection.Name)]
[Trait("Category", "Process")]
public sealed class HostileStateTests : IDisposable
{
    private readonly ConsoleLines _console = new();
    private readonly LinuxPersonality _personality;
    private readonly LinuxProcessPlatform _platform = new();

    public HostileStateTests() => _personality = Programs.Personality(_console);

    public void Dispose()
    {
        _platform.Dispose();
        _personality.Dispose();
    }

    private async Task<RecordedProcess> Record()
    {
        using IComponentProcess process = _platform.Launch(Programs.Request(Programs.Lively), _personality);
        process.Start();
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal));
        return RecordedProcess.Of(process);
    }

    [Fact]
    public async Task A_state_that_does_not_hold_together_is_refused_and_leaves_nothing()
    {
        RecordedProcess recorded = await Record();
        ProcessState good = recorded.State;
        _platform.Rebuild(recorded.Request(), _personality).Dispose();
        Usage before = Usage.Now();
        foreach ((string name, ProcessState bad) in Malformed(good))
        {
            recorded.State = bad;
            Assert.True(
                Xunit.Record.Exception(() => _platform.Rebuild(recorded.Request(), _personality).Dispose())
                    is InvalidProcessStateException, name);
        }
        Usage after = Usage.Now();
        Assert.Equal(before.Children, after.Children);
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 2);

        recorded.State = good;
        await GoesOn(recorded);
    }

    [Fact]
    public async Task A_state_that_the_kernel_refuses_leaves_nothing()
    {
        RecordedProcess recorded = await Record();
        ProcessState good = recorded.State;
        Usage before = default;
        int tried = 0;
        foreach ((string name, ProcessState bad) in Impossible(good))
        {
            // The first refusal loads what the runtime needs for exceptions.
            if (tried++ == 1)
                before = Usage.Now();
            recorded.State = bad;
            Exception? refusal = Xunit.Record.Exception(() => _platform.Rebuild(recorded.Request(), _personality).Dispose());
            Assert.True(refusal is LinuxException, $"{name}: {refusal}");
        }
        Usage after = Usage.Now();
        Assert.Equal(before.Children, after.Children);
        Assert.InRange(after.Descriptors, 0, before.Descriptors + 2);

        recorded.State = good;
        await GoesOn(recorded);
    }

    [Fact]
    public async Task Pages_outside_of_private_mappings_are_refused()
    {
        RecordedProcess recorded = await Record();
        PageRun first = recorded.Pages[0];
        PageRun[] bad =
        [
            new(0x10000, 4096), new(0x11000, 4096), new(first.Address + 1, 4096), new(first.Address, 4095),
            new(ulong.MaxValue - 4095, 8192), new(0x7fff_ffff_f000, 4096), new(first.Address, 1UL << 40),
        ];
        foreach (PageRun run in bad)
        {
            recorded.Pages[0] = run;
            Assert.Throws<InvalidProcessStateException>(
                () => _platform.Rebuild(recorded.Request(), _personality).Dispose());
        }
    }

    private async Task GoesOn(RecordedProcess recorded)
    {
        int from = _console.Count;
        using IComponentProcess process = _platform.Rebuild(recorded.Request(), _personality);
        process.Start();
        await _console.WaitFor(line => line.StartsWith("alive", StringComparison.Ordinal), from);
    }

    private static IEnumerable<(string Name, ProcessState State)> Malformed(ProcessState good)
    {
        ThreadState leader = good.Threads[0];
        MappingState mapping = good.Mappings[3];
        ProcessState Threads(params ThreadState[] threads) => good with { Threads = threads };
        ProcessState Mapping(MappingState changed) =>
            good with { Mappings = [.. good.Mappings.Select(one => one == mapping ? changed : one)] };
        ProcessState Descriptor(DescriptorState added) => good with { Descriptors = [.. good.Descriptors, added] };
        DescriptorState pipe = new()
        {
            Number = 900,
            Kind = DescriptorKind.Pipe,
            StatusFlags = 0,
            CloseOnExec = false,
            DescriptionId = 900,
            PipeId = 1,
            PipeCapacityBytes = 4096,
        };

        yield return ("no thread", Threads());
        yield return ("thread 1", Threads(leader with { ThreadId = 1 }));
        yield return ("negative thread", Threads(leader with { ThreadId = -2 }));
        yield return ("twins", Threads(leader, leader));
        yield return ("short registers", Threads(leader with { GeneralRegisters = new byte[8] }));
        yield return ("32-bit code", Threads(leader with { GeneralRegisters = new byte[216] }));
        yield return ("no vector state", Threads(leader with { ExtendedState = [] }));
        yield return ("long name", Threads(leader with { Name = new string('x', 16) }));
        yield return ("short siginfo", Threads(leader with { PendingSignals = [new byte[12]] }));
        yield return ("too many threads", good with
        {
            Threads = [.. Enumerable.Range(2, 101).Select(id => leader with { ThreadId = id })],
        });
        yield return ("over the stub", Mapping(mapping with { Start = 0x10000, End = 0x12000 }));
        yield return ("over the stub's data", Mapping(mapping with { Start = 0x20000, End = 0x22000 }));
        yield return ("overlap", Mapping(mapping with { Start = good.Mappings[2].Start }));
        yield return ("backwards", Mapping(mapping with { End = mapping.Start }));
        yield return ("in the kernel", good with { Mappings = [.. good.Mappings, mapping with { Start = 1UL << 47, End = (1UL << 47) + 4096 }] });
        yield return ("unaligned", Mapping(mapping with { Start = mapping.Start + 1 }));
        yield return ("unknown rights", Mapping(mapping with { Protection = (PageProtection)8 }));
        yield return ("unknown backing", Mapping(mapping with { Backing = (MappingBacking)9 }));
        yield return ("no file", Mapping(mapping with { Backing = MappingBacking.PrivateFile, File = null }));
        yield return ("writable file", Mapping(mapping with
        {
            Backing = MappingBacking.SharedFile,
            File = new("/etc/hostname", 1, ""),
            Protection = PageProtection.Read | PageProtection.Write,
        }));
        yield return ("huge offset", Mapping(mapping with { OffsetBytes = ulong.MaxValue - 4095 }));
        yield return ("too much memory", good with
        {
            Mappings = [mapping with { Start = 0x1_0000_0000, End = 0x2_0000_0000, Protection = (PageProtection)3, Backing = MappingBacking.Anonymous, File = null, OffsetBytes = 0, GrowsDown = false }],
        });
        yield return ("SIGKILL handler", good with { SignalActions = [new(9, 1, 0, 0, 0)] });
        yield return ("signal 0", good with { SignalActions = [new(0, 1, 0, 0, 0)] });
        yield return ("long auxiliary vector", good with { Layout = good.Layout with { AuxiliaryVector = new byte[4096] } });
        yield return ("negative clock", good with { MonotonicNanoseconds = -1 });
        yield return ("high descriptor", Descriptor(pipe with { Number = 5000 }));
        yield return ("descriptor twice", Descriptor(pipe with { Number = 0 }));
        yield return ("large pipe", Descriptor(pipe with { PipeCapacityBytes = 1 << 30 }));
        yield return ("overfull pipe", Descriptor(pipe with { Content = new byte[5000] }));
        yield return ("overfull event counter", Descriptor(pipe with { Kind = DescriptorKind.EventCounter, EventCount = ulong.MaxValue }));
        yield return ("unknown kind", Descriptor(pipe with { Kind = (DescriptorKind)77 }));
        yield return ("writable file descriptor", Descriptor(pipe with { Kind = DescriptorKind.File, File = new("/etc/hostname", 1, ""), StatusFlags = 1 }));
        yield return ("watch of nothing", Descriptor(pipe with { Kind = DescriptorKind.Epoll, Watches = [new(901, 1, 0)] }));
    }

    private static IEnumerable<(string Name, ProcessState State)> Impossible(ProcessState good)
    {
        ThreadState second = good.Threads[1];
        ProcessState Second(ThreadState changed) =>
            good with { Threads = [.. good.Threads.Select(one => one == second ? changed : one)] };
        byte[] badFrame = [.. second.GeneralRegisters];
        BinaryPrimitives.WriteUInt64LittleEndian(badFrame.AsSpan(21 * 8), 0xffff_8000_0000_0000);
        byte[] badVector = [.. second.ExtendedState];
        badVector.AsSpan(512, 64).Fill(0xff);

        yield return ("frame base in the kernel", Second(second with { GeneralRegisters = badFrame }));
        yield return ("unknown vector components", Second(second with { ExtendedState = badVector }));
        yield return ("rseq area in the kernel", Second(second with { Rseq = new(0xffff_8000_0000_0000, 32, 1, 0) }));
        yield return ("tiny signal stack", Second(second with { AlternateStack = new(0x100000, 16, 0) }));
        yield return ("impossible layout", good with { Layout = good.Layout with { StartCode = 0 } });
        yield return ("clock beyond all time", good with { MonotonicNanoseconds = long.MaxValue });
        yield return ("endless descriptor loop", good with
        {
            Descriptors =
            [
                .. good.Descriptors,
                new DescriptorState
                {
                    Number = 900, Kind = DescriptorKind.Epoll, StatusFlags = 2, CloseOnExec = true,
                    DescriptionId = 900, Watches = [new(900, 1, 0)],
                },
            ],
        });
    }
}
