using System.Buffers.Binary;
using System.Text;
using Drover.Linux.Native;
using Drover.Linux.Personality;
using Drover.Linux.Seccomp;
using Drover.Platform.Traps;
using Xunit;

namespace Drover.Linux.Tests.Personality;

/// <summary>The descriptors looked at are this process's own.</summary>
public sealed class ConsoleCallsTests : IDisposable, IConsoleSink
{
    private static readonly int ThisProcess = Environment.ProcessId;

    private readonly FakePort _port = new();
    private readonly StringBuilder _text = new();
    private readonly ConsoleCalls _calls;

    public ConsoleCallsTests() => _calls = new ConsoleCalls(this);

    public void Dispose() => _port.Dispose();

    void IConsoleSink.Write(ConsoleStream stream, ReadOnlySpan<byte> bytes) =>
        _text.Append(stream).Append(':').Append(Encoding.UTF8.GetString(bytes)).Append(';');

    [Fact]
    public void Text_goes_to_the_stream_that_the_number_names()
    {
        using ConsoleCopy output = new(isError: false);
        using ConsoleCopy error = new(isError: true);
        "hello"u8.CopyTo(_port.Memory);
        _calls.Write(_port, Call(), output.Number, FakePort.Base, 5);
        _calls.Write(_port, Call(), error.Number, FakePort.Base, 2);
        Assert.Equal("Output:hello;Error:he;", _text.ToString());
        Assert.Equal(2, _port.Result);
    }

    [Fact]
    public void Pieces_are_joined_and_a_long_text_is_written_in_part()
    {
        using ConsoleCopy output = new(isError: false);
        Array.Fill(_port.Memory, (byte)'x', 4096, 8192);
        for (int i = 0; i < 10; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_port.Memory.AsSpan(i * 16), FakePort.Base + 4096);
            BinaryPrimitives.WriteUInt64LittleEndian(_port.Memory.AsSpan((i * 16) + 8), 8192);
        }
        _calls.WriteVectors(_port, Call(), output.Number, FakePort.Base, 10);
        Assert.Equal(64 * 1024, _port.Result);
        Assert.Equal($"Output:{new string('x', 64 * 1024)};", _text.ToString());
    }

    [Fact]
    public void Memory_that_is_not_there_is_a_fault_and_says_nothing()
    {
        using ConsoleCopy output = new(isError: false);
        _calls.Write(_port, Call(), output.Number, 0x10, 5);
        Assert.Equal(Errno.EFAULT, _port.Errno);
        Assert.Equal("", _text.ToString());
    }

    [Fact]
    public void A_call_that_is_gone_says_nothing_for_it_comes_again()
    {
        using ConsoleCopy output = new(isError: false);
        _port.IsGone = true;
        _calls.Write(_port, Call(), output.Number, FakePort.Base, 5);
        Assert.Equal("", _text.ToString());
    }

    [Fact]
    public void A_number_that_no_longer_is_the_consoles_is_the_kernels_affair()
    {
        _calls.Write(_port, Call(), 250, FakePort.Base, 5);
        Assert.True(_port.Continued);
    }

    private static TrappedCall Call() => new(1, ThisProcess, CallNumber.write, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>The null device at a free number of the console's range.</summary>
    private sealed class ConsoleCopy : IDisposable
    {
        public ConsoleCopy(bool isError)
        {
            using SafeFileDescriptor nothing = SafeFileDescriptor.Open("/dev/null", OpenFlags.ReadWrite);
            int lowest = ConsoleDescriptors.FirstCopy;
            while (true)
            {
                Number = LinuxException.Check(Libc.Fcntl(nothing, Fcntl.DuplicateCloseOnExec, lowest), "fcntl");
                if (ConsoleDescriptors.IsError(Number) == isError)
                    break;
                lowest = Number + 1;
                Dispose();
            }

            Assert.True(ConsoleDescriptors.IsConsole(Number), "the console's range is full");
        }

        public int Number { get; }

        public void Dispose() => LinuxException.Check(Libc.Close(Number), "close");
    }
}
