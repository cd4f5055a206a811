using System.Buffers.Binary;
using System.Text;
using Drover.Linux.Native;
using Drover.Linux.Personality;
using Drover.Linux.Seccomp;
using Drover.Platform;
using Drover.Platform.Traps;
using Xunit;
using static Drover.Linux.Seccomp.CallNumber;

namespace Drover.Linux.Tests.Personality;

public sealed class LinuxPersonalityTests : IDisposable, IFileView, IConsoleSink, IPrivateCallHandler
{
    private const ulong Buffer = FakePort.Base + 4096;
    private const ulong CurrentFolder = unchecked((ulong)-100);

    private readonly FakePort _port = new();
    private readonly LinuxPersonality _personality;
    private readonly Dictionary<string, ViewEntry> _view = new()
    {
        ["/made"] = new ViewEntry.Synthetic("made up"u8.ToArray()),
        ["/link"] = new ViewEntry.Link("made"),
        ["/loop"] = new ViewEntry.Link("/loop"),
        ["/real"] = new ViewEntry.HostFile(typeof(LinuxPersonalityTests).Assembly.Location),
        ["/dir"] = new ViewEntry.Directory(() => [new("one", DirectoryItemKind.File), new("two", DirectoryItemKind.Directory)]),
        ["/dir/one"] = new ViewEntry.Synthetic("1"u8.ToArray()),
    };

    private readonly List<(ConsoleStream Stream, string Text)> _written = [];
    private readonly List<int> _private = [];
    private readonly List<int> _exited = [];
    private readonly int _thread = ThisThread();

    public LinuxPersonalityTests() =>
        _personality = new LinuxPersonality(this, this, this, new ProcessLimits(64 << 20, 10), "box");

    public void Dispose()
    {
        _personality.Dispose();
        _port.Dispose();
    }

    ViewEntry? IFileView.Find(string path, in ViewAsker asker) => _view.GetValueOrDefault(path);

    void IConsoleSink.Write(ConsoleStream stream, ReadOnlySpan<byte> bytes) => _written.Add((stream, Encoding.UTF8.GetString(bytes)));

    void IPrivateCallHandler.Handle(ITrapPort port, in TrappedCall call) => _private.Add(call.Number);

    void IPrivateCallHandler.ThreadExits(ITrapPort port, int hostThreadId) => _exited.Add(hostThreadId);

    [Theory]
    [InlineData("/made", "made up")]
    [InlineData("link", "made up")]
    [InlineData("/dir/../dir/./one", "1")]
    public void A_file_of_the_view_is_opened(string path, string expected)
    {
        Call(openat, CurrentFolder, Path(path), 0);
        Assert.Equal(expected, ReadGiven());
    }

    [Fact]
    public void What_was_made_up_cannot_be_written()
    {
        Call(open, Path("/made"), 0);
        unsafe
        {
            byte value = 1;
            Assert.Equal(-1, Libc.WriteAt(_port.Given!, &value, 1, 0));
        }
    }

    [Theory]
    [InlineData("/none", 0ul, Errno.ENOENT)]
    [InlineData("", 0ul, Errno.ENOENT)]
    [InlineData("/loop", 0ul, 40)]
    [InlineData("/link", 0x20000ul, 40)] // O_NOFOLLOW
    [InlineData("/made", 1ul, 30)]
    [InlineData("/made", 2ul, 30)]
    [InlineData("/new", 0x41ul, 30)] // O_CREAT | O_WRONLY
    [InlineData("/dir", 2ul, 21)]
    [InlineData("/made", 0x10000ul, Errno.ENOTDIR)]
    [InlineData("/made/", 0ul, Errno.ENOTDIR)]
    public void What_the_view_lacks_or_would_be_written_is_refused(string path, ulong flags, int errno)
    {
        Call(openat, CurrentFolder, Path(path), flags);
        Assert.Equal(errno, _port.Errno);
        Assert.Null(_port.Given);
    }

    [Fact]
    public void A_directory_lists_its_entries_and_leads_to_them()
    {
        Call(openat, CurrentFolder, Path("/dir"), 0x10000);
        using SafeFileDescriptor folder = _port.Given!.Duplicate();

        Call(getdents64, (ulong)folder.Number, Buffer, 4096);
        Assert.Equal([".", "..", "one", "two"], Names((int)_port.Result!));
        Call(getdents64, (ulong)folder.Number, Buffer, 4096);
        Assert.Equal(0, _port.Result);

        Assert.Equal(0, Libc.Seek(folder, 0, 0));
        Call(getdents64, (ulong)folder.Number, Buffer, 50);
        Assert.Equal([".", ".."], Names((int)_port.Result!));

        Call(openat, (ulong)folder.Number, Path("one"), 0);
        Assert.Equal("1", ReadGiven());
        Call(fstat, (ulong)folder.Number, Buffer);
        Assert.Equal(FileStat.Directory, FileStat.Mode(Stat()) & 0xf000);
    }

    [Fact]
    public void Status_tells_kind_and_length()
    {
        Call(stat, Path("/link"), Buffer);
        Assert.Equal(FileStat.RegularFile, FileStat.Mode(Stat()) & 0xf000);
        Assert.Equal(7, BinaryPrimitives.ReadInt64LittleEndian(Stat()[FileStatus.LengthOffset..]));
        Call(lstat, Path("/link"), Buffer);
        Assert.Equal(FileStat.Link, FileStat.Mode(Stat()) & 0xf000);
        Call(newfstatat, CurrentFolder, Path("/real"), Buffer, 0);
        Assert.Equal(new FileInfo(typeof(LinuxPersonalityTests).Assembly.Location).Length,
            BinaryPrimitives.ReadInt64LittleEndian(Stat()[FileStatus.LengthOffset..]));
    }

    [Fact]
    public void Status_of_a_descriptor_is_had_by_an_empty_path()
    {
        Call(open, Path("/made"), 0);
        Call(newfstatat, (ulong)_port.Given!.Number, Path(""), Buffer, 0x1000);
        Assert.Equal(7, BinaryPrimitives.ReadInt64LittleEndian(Stat()[FileStatus.LengthOffset..]));
        Call(newfstatat, 9999, Path(""), Buffer, 0x1000);
        Assert.Equal(Errno.EBADF, _port.Errno);
    }

    [Theory]
    [InlineData("/made", 4ul, null)]
    [InlineData("/made", 2ul, 30)]
    [InlineData("/made", 1ul, Errno.EACCES)]
    [InlineData("/dir", 1ul, null)]
    [InlineData("/none", 0ul, Errno.ENOENT)]
    public void Access_is_for_reading(string path, ulong mode, int? errno)
    {
        Call(access, Path(path), mode);
        Assert.Equal(errno, _port.Errno);
    }

    [Fact]
    public void A_link_can_be_read_and_is_cut_to_the_room()
    {
        Call(readlink, Path("/link"), Buffer, 3);
        Assert.Equal(3, _port.Result);
        Assert.Equal("mad"u8.ToArray(), _port.Memory[4096..4099]);
        Call(readlink, Path("/made"), Buffer, 3);
        Assert.Equal(Errno.EINVAL, _port.Errno);
    }

    [Fact]
    public void An_answer_into_memory_that_is_not_there_is_a_fault()
    {
        Call(stat, Path("/made"), 0x1000);
        Assert.Equal(Errno.EFAULT, _port.Errno);
    }

    [Fact]
    public void An_interrupted_call_leaves_the_memory_alone()
    {
        ulong path = Path("/made");
        _port.IsGone = true;
        _personality.Handle(_port, new TrappedCall(1, _thread, stat, 0, path, Buffer, 0, 0, 0, 0));
        Assert.Equal(new byte[FileStat.StructBytes], _port.Memory[4096..(4096 + FileStat.StructBytes)]);
    }

    [Fact]
    public void Private_calls_and_thread_exits_go_to_core()
    {
        Call(3328);
        Call(exit);
        Assert.Equal([3328], _private);
        Assert.Equal([_thread], _exited);
        Assert.True(_port.Continued);
    }

    [Fact]
    public void The_node_keeps_its_name_and_its_memory_to_itself()
    {
        Call(uname, Buffer);
        Assert.Equal("box\0"u8.ToArray(), _port.Memory[(4096 + 65)..(4096 + 69)]);
        Call(sysinfo, Buffer);
        Assert.Equal(64ul << 20, BinaryPrimitives.ReadUInt64LittleEndian(_port.Memory.AsSpan(4096 + 32)));
        Call(getcwd, Buffer, 100);
        Assert.Equal("/\0"u8.ToArray(), _port.Memory[4096..4098]);
        Assert.Equal(2, _port.Result);
    }

    [Fact]
    public void A_number_nobody_serves_is_unknown()
    {
        Call(ptrace);
        Assert.Equal(Errno.ENOSYS, _port.Errno);
    }

    private static int ThisThread() => int.Parse(
        System.IO.Path.GetFileName(new FileInfo("/proc/thread-self").LinkTarget!), System.Globalization.CultureInfo.InvariantCulture);

    private void Call(int number, ulong a = 0, ulong b = 0, ulong c = 0, ulong d = 0) =>
        _personality.Handle(_port, new TrappedCall(1, _thread, number, 0, a, b, c, d, 0, 0));

    private ulong Path(string path)
    {
        Encoding.UTF8.GetBytes(path + "\0").CopyTo(_port.Memory, 0);
        return FakePort.Base;
    }

    private unsafe string ReadGiven()
    {
        byte[] content = new byte[100];
        fixed (byte* start = content)
            return Encoding.UTF8.GetString(content, 0, (int)Libc.Read(_port.Given!, start, 100));
    }

    private Span<byte> Stat() => _port.Memory.AsSpan(4096, FileStat.StructBytes);

    private List<string> Names(int length)
    {
        List<string> names = [];
        Span<byte> records = _port.Memory.AsSpan(4096, length);
        while (!records.IsEmpty)
        {
            int record = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            names.Add(Encoding.UTF8.GetString(records[19..record]).Split('\0')[0]);
            records = records[record..];
        }
        return names;
    }
}
