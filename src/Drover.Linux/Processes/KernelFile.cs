using System.Text;
using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Files of /proc that take one write.</summary>
internal static class KernelFile
{
    public static unsafe void Write(string path, string text)
    {
        using SafeFileDescriptor file = SafeFileDescriptor.Open(path, OpenFlags.WriteOnly);
        byte[] bytes = Encoding.ASCII.GetBytes(text);
        fixed (byte* start = bytes)
            LinuxException.Check(Libc.Write(file, start, (nuint)bytes.Length), "write", path);
    }
}
