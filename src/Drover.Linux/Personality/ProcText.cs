using System.Text;

namespace Drover.Linux.Personality;

/// <summary>Rewrites texts of /proc so that they show the component's namespace and nothing of the node.</summary>
internal static class ProcText
{
    // Everything else in status names the node's users, groups, ids and security state.
    private static readonly string[] KeptStatusLines =
    [
        "Name:", "Umask:", "State:", "VmPeak:", "VmSize:", "VmLck:", "VmPin:", "VmHWM:", "VmRSS:", "RssAnon:", "RssFile:",
        "RssShmem:", "VmData:", "VmStk:", "VmExe:", "VmLib:", "VmPTE:", "VmSwap:", "Threads:", "SigPnd:", "ShdPnd:",
        "SigBlk:", "SigIgn:", "SigCgt:", "CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "NoNewPrivs:", "Seccomp:",
        "Cpus_allowed:", "Cpus_allowed_list:", "voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:",
    ];

    /// <summary>/proc/PID/stat with the ids of the namespace; null if it cannot be read.</summary>
    public static string? Stat(string path, int id)
    {
        if (TryRead(path) is not { } text)
            return null;
        int nameStart = text.IndexOf('(', StringComparison.Ordinal);
        int nameEnd = text.LastIndexOf(')');
        if (nameStart < 0 || nameEnd < nameStart)
            return null;
        string[] fields = text[(nameEnd + 2)..].Split(' ');
        // state, ppid, pgrp, session, tty_nr, tpgid
        (fields[1], fields[2], fields[3], fields[4], fields[5]) = ("1", "0", "0", "0", "-1");
        return $"{id} {text[nameStart..(nameEnd + 1)]} {string.Join(' ', fields)}";
    }

    /// <summary>/proc/PID/status with the ids of the namespace; null if it cannot be read.</summary>
    public static string? Status(string path, int leader)
    {
        if (TryRead(path) is not { } text)
            return null;
        StringBuilder kept = new();
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("NSpid:", StringComparison.Ordinal))
                kept.Append("Tgid:\t").Append(leader).Append("\nPid:\t").Append(line.AsSpan(line.LastIndexOf('\t') + 1)).Append("\nPPid:\t1\nTracerPid:\t0\n");
            else if (Array.Exists(KeptStatusLines, start => line.StartsWith(start, StringComparison.Ordinal)))
                kept.Append(line).Append('\n');
        }
        return kept.ToString();
    }

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
