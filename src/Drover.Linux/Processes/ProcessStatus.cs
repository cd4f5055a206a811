using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Drover.Linux.Files;
using Drover.Linux.Native;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>What /proc tells of a whole process.</summary>
internal static class ProcessStatus
{
    /// <summary>The addresses of /proc/pid/stat, and the auxiliary vector.</summary>
    public static MemoryLayoutState Layout(int processId, ulong brk)
    {
        string text = Encoding.UTF8.GetString(KernelText.Read($"/proc/{processId}/stat"));
        // The command, in parentheses, may hold anything; fields are counted behind it, the first being number 3.
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        ulong Field(int number) => ulong.Parse(fields[number - 3], CultureInfo.InvariantCulture);
        return new MemoryLayoutState(
            StartCode: Field(26), EndCode: Field(27), StartData: Field(45), EndData: Field(46),
            StartBrk: Field(47), Brk: brk, StartStack: Field(28),
            ArgStart: Field(48), ArgEnd: Field(49), EnvStart: Field(50), EnvEnd: Field(51),
            AuxiliaryVector: ReadAuxiliaryVector(processId));
    }

    public static int FileModeMask(int processId)
    {
        ReadOnlySpan<byte> text = KernelText.Read($"/proc/{processId}/status");
        while (KernelText.TryTakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            if (line.StartsWith("Umask:"u8))
                return Convert.ToInt32(Encoding.ASCII.GetString(line["Umask:".Length..].Trim("\t "u8)), 8);
        }

        return 0x12; // 022
    }

    public static unsafe IReadOnlyList<ResourceLimitState> Limits(int processId)
    {
        List<ResourceLimitState> limits = [];
        for (int resource = 0; resource < ResourceLimit.Count; resource++)
        {
            ResourceLimitPair pair;
            nint result = Libc.Call(SystemCall.ProcessLimit, processId, resource, 0, (nint)(&pair), 0);
            LinuxException.Check(result, "prlimit64");
            limits.Add(new ResourceLimitState(resource, pair.Soft, pair.Hard));
        }
        return limits;
    }

    /// <summary>The kernel keeps the vector as it was before the launcher took the vDSO out of it.</summary>
    private static byte[] ReadAuxiliaryVector(int processId)
    {
        byte[] vector = KernelText.Read($"/proc/{processId}/auxv").ToArray();
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(vector.AsSpan());
        for (int i = 0; i + 1 < words.Length && words[i] != AuxiliaryVector.End; i += 2)
        {
            if (words[i] == AuxiliaryVector.KernelPage)
                words[i] = AuxiliaryVector.Ignore;
        }
        return vector;
    }
}
