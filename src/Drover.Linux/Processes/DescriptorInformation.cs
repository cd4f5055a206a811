using System.Buffers.Text;
using System.Text;
using Drover.Linux.Files;
using Drover.Platform.State;

namespace Drover.Linux.Processes;

/// <summary>What /proc/pid/fdinfo/N tells (proc_pid_fdinfo(5)).</summary>
internal readonly record struct DescriptorInformation(ulong Inode, ulong EventCount, IReadOnlyList<EpollWatch> Watches)
{
    /// <exception cref="FileNotFoundException">It was closed.</exception>
    public static DescriptorInformation Of(int processId, int number) => Parse(KernelText.Read($"/proc/{processId}/fdinfo/{number}"));

    private static DescriptorInformation Parse(ReadOnlySpan<byte> text)
    {
        DescriptorInformation result = new(0, 0, []);
        List<EpollWatch>? watches = null;
        while (KernelText.TryTakeLine(ref text, out ReadOnlySpan<byte> line))
        {
            int colon = line.IndexOf((byte)':');
            if (colon < 0)
                continue;
            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (name.SequenceEqual("ino"u8))
                result = result with { Inode = Number(value) };
            else if (name.SequenceEqual("eventfd-count"u8))
                result = result with { EventCount = Number(value, 'x') };
            else if (name.SequenceEqual("tfd"u8))
                (watches ??= []).Add(ParseWatch(line));
        }

        return watches is null ? result : result with { Watches = watches };
    }

    /// <summary>"tfd:        5 events:       19 data:                5  pos:0 ino:61 sdev:7".</summary>
    private static EpollWatch ParseWatch(ReadOnlySpan<byte> line) =>
        new((int)Number(Field(line, "tfd:"u8)), (uint)Number(Field(line, "events:"u8), 'x'), Number(Field(line, "data:"u8), 'x'));

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        int at = line.IndexOf(name);
        if (at < 0)
            throw NotUnderstood(line);
        ReadOnlySpan<byte> rest = line[(at + name.Length)..].TrimStart((byte)' ');
        int end = rest.IndexOf((byte)' ');
        return end < 0 ? rest : rest[..end];
    }

    private static ulong Number(ReadOnlySpan<byte> text, char format = 'D') =>
        Utf8Parser.TryParse(text, out ulong value, out int used, format) && used == text.Length ? value : throw NotUnderstood(text);

    private static IOException NotUnderstood(ReadOnlySpan<byte> text) => new($"/proc/pid/fdinfo says '{Encoding.UTF8.GetString(text)}'");
}
