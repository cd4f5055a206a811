using System.Runtime.InteropServices;
using Drover.Contracts.Abi;
using Drover.Core.Ipc;
using Drover.Core.Tests.Fakes;
using Drover.Platform.Traps;

namespace Drover.Core.Tests;

public sealed class AllocationTests
{
    [Fact]
    public void A_call_between_components_with_a_capability_allocates_nothing()
    {
        var world = new World();
        FakeDomain server = world.Domain("server");
        FakeDomain client = world.Domain("client");
        Gate gate = server.Gate(1);
        uint selector = client.Hold(gate);
        uint sent = client.Hold(client.Gate(2));
        var port = new SilentPort();
        Start(server.Domain, port, 1);
        Start(client.Domain, port, 2);
        BitConverter.TryWriteBytes(client.Domain.UtcbMemory.Span(UtcbLayout.CapabilitiesOffset, 4), sent);
        ulong sequence = 0;
        RoundTrips(1000);
        // The runtime now and then enlarges a cache of its own on this thread; what a call allocates shows each time.
        Assert.Equal(0, Enumerable.Range(0, 5).Select(_ => Allocated(1000)).Min());
        // A start each; a request and a reply for each call but the last, which is not replied to.
        Assert.Equal(2 + (2 * 6000) - 1, port.Answers);

        long Allocated(int count)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            RoundTrips(count);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        void RoundTrips(int count)
        {
            uint info = new MessageInfo(64, 1).Value;
            for (int i = 0; i < count; i++)
            {
                sequence++;
                server.Domain.Handle(port, new TrappedCall(sequence * 2, 1, (int)PrivateCall.ReplyAndWait, 0, 0, 64, sequence, 0, 0, 0));
                client.Domain.Handle(port, new TrappedCall((sequence * 2) + 1, 2, (int)PrivateCall.Call, 0, selector, info, sequence, 0, 0, 0));
            }
        }
    }

    private static void Start(ProtectionDomain domain, SilentPort port, int thread) =>
        domain.Handle(port, new TrappedCall(1, thread, (int)PrivateCall.Startup, 0, AbiVersion.Current, 0, 0, 0, 0, 0));

    private sealed class SilentPort : ITrapPort
    {
        public int Answers { get; private set; }

        public AnswerOutcome Answer(ulong callId, long result)
        {
            Answers++;
            return AnswerOutcome.Sent;
        }

        public AnswerOutcome Fail(ulong callId, int errno) => AnswerOutcome.Sent;

        public AnswerOutcome Continue(ulong callId) => AnswerOutcome.Sent;

        public AnswerOutcome AnswerWithDescriptor(ulong callId, SafeHandle descriptor, bool closeOnExec) => AnswerOutcome.Sent;

        public bool IsWaiting(ulong callId) => true;

        public bool TryRead(ulong address, Span<byte> destination) => false;

        public bool TryWrite(ulong address, ReadOnlySpan<byte> source) => false;

        public int NamespaceThreadId(int hostThreadId) => hostThreadId;
    }
}
