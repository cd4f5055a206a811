using System.Runtime.InteropServices;
using Drover.Linux.Native;
using Drover.Platform;
using Drover.Platform.State;

namespace Drover.Linux.Tests.Processes;

/// <summary>An image that lives in this process: state and pages.</summary>
internal sealed class RecordedProcess : IPageSource, IBackingSource
{
    private readonly List<byte[]> _content = [];

    public required ProcessState State { get; set; }

    public List<PageRun> Pages { get; } = [];

    public Dictionary<ulong, ISharedMemory> Dataspaces { get; init; } = [];

    public IReadOnlyList<PageRun> Runs => Pages;

    /// <summary>Stops a process, records it and lets it go on.</summary>
    public static RecordedProcess Of(IComponentProcess process)
    {
        IMemorySnapshot snapshot;
        RecordedProcess recorded;
        using (IStoppedProcess stopped = process.Stop(TimeSpan.FromSeconds(2)))
        {
            recorded = new RecordedProcess { State = stopped.Read(Programs.Identify) };
            snapshot = stopped.Snapshot();
        }
        using (snapshot)
        {
            foreach (PageRun run in snapshot.Runs)
            {
                byte[] content = new byte[run.LengthBytes];
                snapshot.Read(run.Address, content);
                recorded.Pages.Add(run);
                recorded._content.Add(content);
            }
        }
        return recorded;
    }

    public RebuildRequest Request() => new()
    {
        State = State,
        Pages = this,
        Backing = this,
        PrivateCalls = [3328],
        Limits = Programs.Limits,
    };

    public RecordedProcess With(DescriptorState added)
    {
        State = State with { Descriptors = [.. State.Descriptors, added] };
        return this;
    }

    public void Read(ulong address, Span<byte> destination)
    {
        int index = Pages.FindIndex(run => run.Address <= address && address < run.End);
        _content[index].AsSpan((int)(address - Pages[index].Address), destination.Length).CopyTo(destination);
    }

    public SafeHandle OpenFile(FileIdentity file) => SafeFileDescriptor.Open(file.Path, OpenFlags.ReadOnly);

    public ISharedMemory Dataspace(MappingState mapping) => Dataspaces[mapping.DataspaceInode];
}
