using System.Globalization;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>What /proc/pid/fdinfo/N tells (proc_pid_fdinfo(5)).</summary>
internal readonly record struct DescriptorInformation(
    int Flags, long OffsetBytes, ulong Inode, ulong EventCount, IReadOnlyList<EpollWatch> Watches)
{
    public static DescriptorInformation Of(int processId, int number) =>
        Parse(File.ReadAllLines($"/proc/{processId}/fdinfo/{number}"));

    public static DescriptorInformation Parse(IEnumerable<string> lines)
    {
        DescriptorInformation result = new(0, 0, 0, 0, []);
        List<EpollWatch>? watches = null;
        foreach (string line in lines)
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                continue;
            ReadOnlySpan<char> value = line.AsSpan(colon + 1).Trim();
            switch (line[..colon])
            {
                case "flags":
                    result = result with { Flags = Convert.ToInt32(value.ToString(), 8) };
                    break;
                case "pos":
                    result = result with { OffsetBytes = long.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "ino":
                    result = result with { Inode = ulong.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "eventfd-count":
                    result = result with { EventCount = Hex(value) };
                    break;
                case "tfd":
                    (watches ??= []).Add(ParseWatch(line));
                    break;
            }
        }
        return watches is null ? result : result with { Watches = watches };
    }

    /// <summary>"tfd:        5 events:       19 data:                5  pos:0 ino:61 sdev:7".</summary>
    private static EpollWatch ParseWatch(string line)
    {
        string[] fields = line.Split([' ', ':'], StringSplitOptions.RemoveEmptyEntries);
        return new EpollWatch(
            int.Parse(fields[1], CultureInfo.InvariantCulture), (uint)Hex(fields[3]), Hex(fields[5]));
    }

    private static ulong Hex(ReadOnlySpan<char> text) =>
        ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
