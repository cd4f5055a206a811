using System.Runtime.InteropServices;
using Drover.Linux.Native;

namespace Drover.Linux.Probes;

/// <summary>Tracks, scans and seals pages of this process.</summary>
internal static unsafe partial class MemoryProbe
{
    private const int PageBytes = 4096;
    private const int Pages = 8;
    private const int UserFaultCall = 323;
    private const int UserModeOnly = 1;
    private const nuint UserFaultApi = 0xc018aa3f;
    private const nuint UserFaultRegister = 0xc020aa00;
    private const nuint UserFaultWriteProtect = 0xc018aa06;
    private const nuint PageScan = 0xc0606610;

    /// <summary>UFFD_FEATURE_WP_HUGETLBFS_SHMEM, WP_UNPOPULATED and WP_ASYNC.</summary>
    private const ulong TrackingFeatures = 0xb000;

    private const ulong PageIsWritten = 2;

    public static IReadOnlyList<ProbeResult> Run()
    {
        ProbeResult sealedMapping = MachineProbes.Try(MachineFeature.SealedMappings, SealMapping);
        ProbeResult sealedMemory = MachineProbes.Try(MachineFeature.SealedMemory, SealMemory);
        var scan = new ProbeResult(MachineFeature.PageScan, false, "not tried: it needs write tracking");
        ProbeResult tracking = MachineProbes.Try(MachineFeature.WriteTracking, () =>
        {
            nint memory = MapPages(Pages);
            try
            {
                using SafeFileDescriptor faults = Track(memory);
                *(byte*)(memory + (3 * PageBytes)) = 1;
                scan = MachineProbes.Try(MachineFeature.PageScan, () => FindWritten(memory, expected: 3));
                return "";
            }
            finally
            {
                Libc.Munmap(memory, Pages * PageBytes);
            }
        });
        return [sealedMapping, sealedMemory, tracking, scan];
    }

    private static string SealMapping()
    {
        nint page = MapPages(1);
        LinuxException.Check(Libc.Call(SystemCall.SealMemory, page, PageBytes, 0, 0, 0), "mseal");
        return Libc.Munmap(page, PageBytes) == -1 && Marshal.GetLastPInvokeError() == Errno.EPERM
            ? ""
            : throw new IOException("a sealed page could be unmapped");
    }

    private static string SealMemory()
    {
        using var memory = SafeFileDescriptor.Adopt(
            Libc.MemfdCreate("drover-probe", MemfdFlags.CloseOnExec | MemfdFlags.AllowSealing), "memfd_create");
        LinuxException.Check(Libc.Truncate(memory, PageBytes), "ftruncate");
        LinuxException.Check(
            Libc.Fcntl(memory, Fcntl.AddSeals, Fcntl.SealGrow | Fcntl.SealShrink | Fcntl.SealSeal), "fcntl(F_ADD_SEALS)");
        return Libc.Truncate(memory, 2 * PageBytes) == -1 && Marshal.GetLastPInvokeError() == Errno.EPERM
            ? ""
            : throw new IOException("sealed memory could grow");
    }

    private static SafeFileDescriptor Track(nint memory)
    {
        var faults = SafeFileDescriptor.Adopt(
            Libc.Call(UserFaultCall, OpenFlags.CloseOnExec | UserModeOnly, 0, 0, 0, 0), "userfaultfd");
        try
        {
            // struct uffdio_api {api, features, ioctls}, uffdio_register {start, len, mode, ioctls},
            // uffdio_writeprotect {start, len, mode}.
            ulong* api = stackalloc ulong[] { 0xaa, TrackingFeatures, 0 };
            LinuxException.Check(Libc.Ioctl(faults, UserFaultApi, api), "ioctl(UFFDIO_API)");
            ulong* register = stackalloc ulong[] { (ulong)memory, Pages * PageBytes, 2, 0 };
            LinuxException.Check(Libc.Ioctl(faults, UserFaultRegister, register), "ioctl(UFFDIO_REGISTER)");
            ulong* protect = stackalloc ulong[] { (ulong)memory, Pages * PageBytes, 1 };
            LinuxException.Check(Libc.Ioctl(faults, UserFaultWriteProtect, protect), "ioctl(UFFDIO_WRITEPROTECT)");
            return faults;
        }
        catch
        {
            faults.Dispose();
            throw;
        }
    }

    private static string FindWritten(nint memory, int expected)
    {
        using SafeFileDescriptor pages = SafeFileDescriptor.Open("/proc/self/pagemap", OpenFlags.ReadOnly);
        PageRegion* regions = stackalloc PageRegion[Pages];
        var scan = new PageScanArguments
        {
            Size = (ulong)sizeof(PageScanArguments),
            Start = (ulong)memory,
            End = (ulong)memory + (Pages * PageBytes),
            Vector = (ulong)regions,
            VectorLength = Pages,
            CategoryMask = PageIsWritten,
            ReturnMask = PageIsWritten,
        };
        int found = LinuxException.Check(Libc.Ioctl(pages, PageScan, &scan), "ioctl(PAGEMAP_SCAN)");
        ulong start = (ulong)memory + ((ulong)expected * PageBytes);
        return found == 1 && regions[0].Start == start && regions[0].End == start + PageBytes
            ? ""
            : throw new IOException($"{found} regions were reported as written instead of the one page that was");
    }

    private static nint MapPages(int count) => LinuxException.Check(
        MapMemory(0, (nuint)(count * PageBytes), Protection.ReadWrite, MapFlags.Private | MapFlags.Anonymous, -1, 0), "mmap");

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint MapMemory(
        nint address, nuint lengthBytes, int protection, int flags, int noDescriptor, long offsetBytes);
}
