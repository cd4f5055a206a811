using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;

namespace Drover.Linux.Userfault;

/// <summary>
/// The userfaultfd(2) of a component's address space, in the hands of the node only. There is one for each address space,
/// since a range can belong to one at a time. It costs nothing before something is registered with it.
/// </summary>
/// <remarks>Made by an injected call, because a descriptor speaks of the address space of who makes it. Faults of the kernel on
/// the component's behalf are not announced (UFFD_USER_MODE_ONLY), which is what an ordinary user may ask for; asynchronous
/// write protection sees the kernel's writes all the same.</remarks>
internal sealed unsafe class UserfaultDescriptor : IDisposable
{
    internal const ulong UserModeOnly = 1;
    internal const nuint ApiRequest = 0xc018aa3f;
    internal const nuint RegisterRequest = 0xc020aa00;
    internal const nuint ProtectRequest = 0xc018aa06;
    internal const ulong ModeProtect = 1;
    internal const ulong ApiVersion = 0xaa;
    internal const ulong WriteProtectHugeAndShared = 1 << 12;
    internal const ulong WriteProtectUnpopulated = 1 << 13;
    internal const ulong WriteProtectAsynchronous = 1 << 15;
    internal const ulong RegisterMissing = 1;
    internal const ulong RegisterWriteProtection = 2;

    private readonly SafeFileDescriptor _descriptor;
    private readonly HoleList _holes = new(); // tracer thread only

    private UserfaultDescriptor(SafeFileDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Makes one for a stub that has its final address space, and takes it away from it.</summary>
    public static UserfaultDescriptor Create(Tracee stub, ProcessMemory memory, DescriptorChannel channel)
    {
        CallBatch batch = new();
        int made = batch.Require("userfaultfd", SystemCall.Userfaultfd, OpenFlags.CloseOnExec | OpenFlags.NonBlock | UserModeOnly);
        Injector.RunChecked(stub, memory, batch);
        ulong number = (ulong)batch.Result(made);
        SafeFileDescriptor descriptor = channel.Fetch(stub, memory, (int)number);
        try
        {
            CallBatch close = new();
            close.Require("close", SystemCall.Close, number);
            Injector.RunChecked(stub, memory, close);
            UserfaultDescriptor userfault = new(descriptor);
            userfault.Agree();
            return userfault;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>From now on pages in the range can be write-protected so that a write to one is noted and goes on. Ranges that
    /// are registered already stay as they are; holes, what is mapped later, and what the kernel refuses are not: false then.</summary>
    public bool TrackWrites(ulong start, ulong end)
    {
        bool isTracked = true;
        // Registering again replaces what a range was registered for, and threads would no longer wait at holes.
        foreach ((ulong holeStart, ulong holeEnd) in _holes.Within(start, end))
        {
            if (start < holeStart)
                isTracked &= TryRegister(start, holeStart, RegisterWriteProtection);
            isTracked &= TryRegister(holeStart, holeEnd, RegisterMissing | RegisterWriteProtection);
            start = holeEnd;
        }

        if (start < end)
            isTracked &= TryRegister(start, end, RegisterWriteProtection);
        return isTracked;
    }

    /// <summary>Readable while a thread waits whose fault was not taken yet. Owned by this object.</summary>
    public SafeFileDescriptor Descriptor => _descriptor;

    /// <summary>From now on a thread that touches a page of the range, which is private anonymous memory without content,
    /// waits. False if the kernel refuses.</summary>
    public bool TryReportFaults(ulong start, ulong end)
    {
        if (!TryRegister(start, end, RegisterMissing))
            return false;
        _holes.Add(start, end);
        return true;
    }

    /// <summary>Something else was mapped there.</summary>
    public void ForgetFaults(ulong start, ulong end) => _holes.Remove(start, end);

    /// <summary>Takes the next fault; false if none waits to be taken. Safe for use by any thread.</summary>
    public bool TryTakeFault(out ulong address, out bool isWrite)
    {
        UserfaultFault fault;
        while (Libc.Read(_descriptor, (byte*)&fault, (nuint)sizeof(UserfaultFault)) == sizeof(UserfaultFault))
        {
            if (fault.Event != UserfaultFault.PageFaultEvent)
                continue;
            address = fault.Address;
            isWrite = (fault.Flags & UserfaultFault.WriteFlag) != 0;
            return true;
        }

        address = 0;
        isWrite = false;
        return false;
    }

    /// <summary>Write-protects the pages of a range, whatever they were before. False if some of it is not registered or not mapped; then
    /// what lies behind that is not protected.</summary>
    public bool TryProtect(ulong start, ulong end)
    {
        UserfaultProtection protection = new() { Start = start, LengthBytes = end - start, Mode = ModeProtect };
        return Libc.Ioctl(_descriptor, ProtectRequest, &protection) == 0;
    }

    public void Dispose() => _descriptor.Dispose();

    private bool TryRegister(ulong start, ulong end, ulong mode)
    {
        UserfaultRegistration registration = new() { Start = start, LengthBytes = end - start, Mode = mode };
        return Libc.Ioctl(_descriptor, RegisterRequest, &registration) == 0;
    }

    private void Agree()
    {
        UserfaultApi api = new()
        {
            Version = ApiVersion,
            Features = WriteProtectHugeAndShared | WriteProtectUnpopulated | WriteProtectAsynchronous,
        };
        LinuxException.Check(Libc.Ioctl(_descriptor, ApiRequest, &api), "ioctl(UFFDIO_API)");
    }
}
