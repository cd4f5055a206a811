using Drover.Platform;
using Drover.Platform.Traps;

namespace Drover.Core.Tests.Fakes;

/// <summary>A platform that has memory but no processes.</summary>
internal sealed class FakePlatform : IProcessPlatform
{
    private readonly List<FakeMemory> _memories = [];

    public IReadOnlyList<FakeMemory> Memories => _memories;

    public int LiveMemories => _memories.Count(memory => !memory.IsDisposed);

    public ISharedMemory CreateSharedMemory(string name, ulong lengthBytes)
    {
        var memory = new FakeMemory(lengthBytes, (ulong)_memories.Count + 100);
        _memories.Add(memory);
        return memory;
    }

    public IComponentProcess Launch(LaunchRequest request, ITrapHandler traps) => throw new NotSupportedException();

    public IComponentProcess Rebuild(RebuildRequest request, ITrapHandler traps) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
