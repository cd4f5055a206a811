using System.Runtime.InteropServices;
using Drover.Linux.Memory;
using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Stub;
using Drover.Linux.Tracing;
using Drover.Platform;

namespace Drover.Linux.Userfault;

/// <summary>How far a page could be put into an address space.</summary>
internal enum FillResult
{
    Done,

    /// <summary>The component is changing its mappings: that has to be announced and taken note of first.</summary>
    Changing,

    /// <summary>There is a page already.</summary>
    Present,

    /// <summary>There is no such memory any more.</summary>
    Gone,

    /// <summary>The process has ended.</summary>
    Ended,
}

/// <summary>
/// The userfaultfd(2) by which an address space is filled while its component runs. Not the one of <see cref="UserfaultDescriptor"/>: this one
/// also holds the kernel when it touches missing pages on the component's behalf, in read(2) for one, which is right for
/// pages that come at once and would be wrong for holes that a component may leave open. Access through /proc/pid/mem is not held, it fails. Any thread may use it.
/// </summary>
/// <remarks>To hold the kernel takes a right that the component's namespaces do not have; whoever may open /dev/userfaultfd can give it.
/// Closing it lets everybody go on whom it held, and all pages that are missing then are zero.</remarks>
internal sealed unsafe class FillDescriptor : IDisposable
{
    internal const string Device = "/dev/userfaultfd";
    internal const ulong NewRequest = 0xaa00;
    internal const nuint CopyRequest = 0xc028aa03;
    internal const nuint ZeroRequest = 0xc020aa04;
    internal const nuint WakeRequest = 0x8010aa02;
    internal const nuint PoisonRequest = 0xc020aa08;
    internal const ulong TellMoves = 1 << 2;
    internal const ulong TellDrops = 1 << 3;
    internal const ulong TellUnmaps = 1 << 6;
    internal const ulong CanPoison = 1 << 14;

    private const int MostTries = 1 << 16;

    private readonly SafeFileDescriptor _descriptor;

    private FillDescriptor(SafeFileDescriptor descriptor) => _descriptor = descriptor;

    /// <summary>Readable while there is a message.</summary>
    public SafeFileDescriptor Descriptor => _descriptor;

    /// <summary>Null if this node can make one.</summary>
    public static string? WhyNot()
    {
        try
        {
            OpenDevice().Dispose();
            return null;
        }
        catch (LinuxException refused)
        {
            return $"a lazy restore needs {Device}, which this node may not use ({refused.Message}); run the node as root, give its user access to the device, or restore without --lazy";
        }
    }

    /// <summary>Makes one for a stub that has its final mappings, and takes it away from it.</summary>
    public static FillDescriptor Create(Tracee stub, ProcessMemory memory, DescriptorChannel channel)
    {
        using SafeFileDescriptor device = OpenDevice();
        ulong number = (ulong)channel.Send(stub, memory, [device])[0];
        CallBatch batch = new();
        int made = batch.Require("ioctl(USERFAULTFD_IOC_NEW)", SystemCall.IoControl, number, NewRequest, OpenFlags.CloseOnExec | OpenFlags.NonBlock);
        Injector.RunChecked(stub, memory, batch);
        ulong madeNumber = (ulong)batch.Result(made);
        SafeFileDescriptor descriptor = channel.Fetch(stub, memory, (int)madeNumber);
        try
        {
            CallBatch close = new();
            close.Require("close", SystemCall.Close, number);
            close.Require("close", SystemCall.Close, madeNumber);
            Injector.RunChecked(stub, memory, close);
            FillDescriptor fill = new(descriptor);
            fill.Agree();
            return fill;
        }
        catch
        {
            descriptor.Dispose();
            throw;
        }
    }

    /// <summary>From now on whoever touches a page without content in the range, which is private anonymous memory, is held.</summary>
    public void Register(ulong start, ulong end)
    {
        UserfaultRegistration registration = new() { Start = start, LengthBytes = end - start, Mode = UserfaultDescriptor.RegisterMissing };
        LinuxException.Check(
            Libc.Ioctl(_descriptor, UserfaultDescriptor.RegisterRequest, &registration), "ioctl(UFFDIO_REGISTER)", $"0x{start:x}-0x{end:x}");
    }

    /// <summary>Takes the next message: the address of a fault, or up to two ranges from which pages were taken away, which may be
    /// empty. False if there is none.</summary>
    public bool TryTake(out ulong? fault, out PageRun emptied, out PageRun alsoEmptied)
    {
        UserfaultEvent message;
        bool isThere = Libc.Read(_descriptor, (byte*)&message, (nuint)sizeof(UserfaultEvent)) == sizeof(UserfaultEvent);
        byte kind = isThere ? message.Event : default;
        // Of a fault the first word has flags, the second the address.
        fault = kind == UserfaultFault.PageFaultEvent ? message.Second : null;
        emptied = kind switch
        {
            UserfaultEvent.DroppedEvent or UserfaultEvent.UnmappedEvent => new PageRun(message.First, message.Second - message.First),
            UserfaultEvent.MovedEvent => new PageRun(message.First, message.Third),
            _ => default,
        };
        alsoEmptied = kind == UserfaultEvent.MovedEvent ? new PageRun(message.Second, message.Third) : default;
        return isThere;
    }

    /// <summary>Puts content into missing pages and lets go who waits for them. Says how far it came.</summary>
    public FillResult Copy(ulong address, ReadOnlySpan<byte> content, out ulong copiedBytes)
    {
        fixed (byte* source = content)
        {
            UserfaultCopy copy = new() { Destination = address, Source = (ulong)source, LengthBytes = (ulong)content.Length };
            int result = Libc.Ioctl(_descriptor, CopyRequest, &copy);
            int errno = Marshal.GetLastPInvokeError();
            copiedBytes = copy.Copied > 0 ? (ulong)copy.Copied : 0;
            return result == 0 || copiedBytes > 0 ? FillResult.Done : ResultOf(errno, "ioctl(UFFDIO_COPY)", address);
        }
    }

    /// <summary>Makes a missing page one of zeros and lets go who waits for it. The address may be anything.</summary>
    public FillResult Zero(ulong address)
    {
        UserfaultRange range = new() { Start = address, LengthBytes = PageMath.PageBytes };
        if (Libc.Ioctl(_descriptor, ZeroRequest, &range) == 0)
            return FillResult.Done;
        int errno = Marshal.GetLastPInvokeError();
        // Where no process has memory.
        return errno == Errno.EINVAL ? FillResult.Gone : ResultOf(errno, "ioctl(UFFDIO_ZEROPAGE)", address);
    }

    /// <summary>Lets those try again who wait for a page.</summary>
    public void Wake(ulong address)
    {
        UserfaultRange range = new() { Start = address, LengthBytes = PageMath.PageBytes };
        // Fails if there is no such memory any more, and then nobody waits.
        _ = Libc.Ioctl(_descriptor, WakeRequest, &range);
    }

    /// <summary>Makes missing pages such that whoever touches one gets an error instead of zeros.</summary>
    public void TryPoison(ulong start, ulong end)
    {
        for (int tries = 0; start < end && tries < MostTries; tries++)
        {
            UserfaultRange range = new() { Start = start, LengthBytes = end - start };
            if (Libc.Ioctl(_descriptor, PoisonRequest, &range) == 0)
                return;
            int errno = Marshal.GetLastPInvokeError();
            if (range.Done > 0)
                start += (ulong)range.Done;
            else if (errno == Errno.EAGAIN)
                Thread.Yield();
            else
                start += PageMath.PageBytes;
        }
    }

    public void Dispose() => _descriptor.Dispose();

    private static SafeFileDescriptor OpenDevice() => SafeFileDescriptor.Open(Device, OpenFlags.ReadWrite);

    private static FillResult ResultOf(int errno, string call, ulong address) => errno switch
    {
        Errno.EAGAIN => FillResult.Changing,
        Errno.EEXIST => FillResult.Present,
        Errno.ENOENT => FillResult.Gone,
        Errno.ESRCH => FillResult.Ended,
        _ => throw new LinuxException(call, errno, $"0x{address:x}"),
    };

    private void Agree()
    {
        UserfaultApi api = new() { Version = UserfaultDescriptor.ApiVersion, Features = TellMoves | TellDrops | TellUnmaps | CanPoison };
        LinuxException.Check(Libc.Ioctl(_descriptor, UserfaultDescriptor.ApiRequest, &api), "ioctl(UFFDIO_API)");
    }
}
