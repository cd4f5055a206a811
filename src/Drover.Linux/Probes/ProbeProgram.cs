using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Probes;

/// <summary>
/// A static program of a few system calls, for what must be tried in a process of its own: a multi-threaded one can
/// not enter a user namespace (unshare(2)). Its exit status is 0, or the errno of the call that failed.
/// </summary>
internal sealed class ProbeProgram
{
    private const ulong LoadAddress = 0x400000;
    private const int HeaderBytes = 64 + 56;
    private const int DataOffset = 0x1000;
    private const int FileBytes = 0x2000;

    private readonly List<byte> _code = [];
    private readonly List<byte> _data = [];

    /// <summary>Adds initialised, writable data and returns its address.</summary>
    public ulong Data(ReadOnlySpan<byte> content)
    {
        ulong address = LoadAddress + DataOffset + (ulong)_data.Count;
        _data.AddRange(content);
        while (_data.Count % 8 != 0)
            _data.Add(0);
        return address;
    }

    public ulong Data<T>(T content)
        where T : unmanaged => Data(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in content)));

    /// <summary>Adds a call; the program ends with its errno if it fails.</summary>
    public ProbeProgram Call(int number, params ReadOnlySpan<ulong> arguments)
    {
        LoadAndCall((ulong)number, arguments);
        _code.AddRange([0x48, 0x85, 0xc0]); // test rax, rax
        _code.AddRange([0x79, 13]); // jns over the next four
        _code.AddRange([0x48, 0xf7, 0xd8]); // neg rax
        _code.AddRange([0x48, 0x89, 0xc7]); // mov rdi, rax
        _code.AddRange([0xb8, SystemCall.ExitGroup, 0, 0, 0]); // mov eax, exit_group
        _code.AddRange([0x0f, 0x05]); // syscall
        return this;
    }

    /// <summary>Adds a clone3(2) whose child does what <paramref name="child"/> adds, and a wait for it; the program ends
    /// with the child's errno if that is not 0.</summary>
    public ProbeProgram Child(CloneArguments arguments, Action<ProbeProgram> child)
    {
        ulong status = Data(0UL);
        Call(SystemCall.Clone3, Data(arguments), (ulong)Marshal.SizeOf<CloneArguments>());
        _code.AddRange([0x48, 0x85, 0xc0]); // test rax, rax
        _code.AddRange([0x0f, 0x85]); // jnz parent
        int hole = _code.Count;
        _code.AddRange([0, 0, 0, 0]);
        child(this);
        Exit();
        byte[] distance = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(distance, _code.Count - hole - 4);
        for (int i = 0; i < distance.Length; i++)
            _code[hole + i] = distance[i];

        Call(SystemCall.WaitForChild, ulong.MaxValue, status, 0, 0);
        EndUnlessZero(status);
        return this;
    }

    /// <summary>Ends the program with success.</summary>
    public ProbeProgram Exit()
    {
        LoadAndCall(SystemCall.ExitGroup, [0]);
        return this;
    }

    /// <summary>Starts the program; the caller waits for it.</summary>
    public unsafe int Start()
    {
        using var file = SafeFileDescriptor.Adopt(
            Libc.MemfdCreate("drover-probe", MemfdFlags.CloseOnExec), "memfd_create");
        byte[] image = Build();
        fixed (byte* bytes = image)
        {
            if (Libc.Write(file, bytes, (nuint)image.Length) != image.Length)
                throw LinuxException.Last("write");
        }

        byte* name = stackalloc byte[] { (byte)'p', 0 };
        byte** arguments = stackalloc byte*[] { name, null };
        byte** environment = stackalloc byte*[] { null };
        int error = Libc.Spawn(
            out int processId, $"/proc/self/fd/{file.Number}", null, null, arguments, environment);
        return error == 0 ? processId : throw new LinuxException("posix_spawn", error);
    }

    /// <summary>Runs the program to its end and returns its exit status.</summary>
    public int Run()
    {
        int processId = Start();
        int status;
        while (Libc.WaitForChild(processId, out status, 0) != processId)
        {
            if (Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw LinuxException.Last("waitpid");
        }

        return (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
    }

    /// <summary>Ends with the exit status, or the signal, that wait4(2) stored.</summary>
    private void EndUnlessZero(ulong status)
    {
        _code.AddRange([0x48, 0xa1]); // mov rax, [status]
        AddWord(status);
        _code.AddRange([0x48, 0x89, 0xc7]); // mov rdi, rax
        _code.AddRange([0x48, 0xc1, 0xef, 8]); // shr rdi, 8
        _code.AddRange([0x83, 0xe0, 0x7f]); // and eax, 0x7f
        _code.AddRange([0x48, 0x09, 0xc7]); // or rdi, rax
        _code.AddRange([0x74, 7]); // jz over the next two
        _code.AddRange([0xb8, SystemCall.ExitGroup, 0, 0, 0]); // mov eax, exit_group
        _code.AddRange([0x0f, 0x05]); // syscall
    }

    private void LoadAndCall(ulong number, ReadOnlySpan<ulong> arguments)
    {
        // mov r64, imm64 for rdi, rsi, rdx, r10, r8, r9.
        ReadOnlySpan<ushort> registers = [0xbf48, 0xbe48, 0xba48, 0xba49, 0xb849, 0xb949];
        for (int i = 0; i < arguments.Length; i++)
        {
            _code.AddRange([(byte)registers[i], (byte)(registers[i] >> 8)]);
            AddWord(arguments[i]);
        }

        _code.AddRange([0x48, 0xb8]); // mov rax, imm64
        AddWord(number);
        _code.AddRange([0x0f, 0x05]); // syscall
    }

    private void AddWord(ulong word)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
        _code.AddRange(bytes);
    }

    /// <summary>An ELF file with one segment (elf(5)).</summary>
    private byte[] Build()
    {
        byte[] file = new byte[FileBytes];
        ReadOnlySpan<byte> identification = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identification.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(16), 2); // ET_EXEC
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(18), 62); // EM_X86_64
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(24), LoadAddress + HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64); // program headers
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(52), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 1);
        Span<byte> segment = file.AsSpan(64);
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1); // PT_LOAD
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 7); // read, write, execute
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], FileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], FileBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x1000);
        _code.CopyTo(file, HeaderBytes);
        _data.CopyTo(file, DataOffset);
        return file;
    }
}
