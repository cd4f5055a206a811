using System.Globalization;
using Drover.Linux.Native;

namespace Drover.Linux.Processes;

/// <summary>Which user of this node a component is (user_namespaces(7)). Inside it is always 0.</summary>
internal static class UserMap
{
    /// <summary>Behind the ranges that Linux distributions give away (systemd's UIDS-GIDS), so nobody's.</summary>
    private const uint Unprivileged = 1_879_048_192;

    private const uint Nobody = 65534;

    /// <summary>Maps user and group; true if this node is root and may also drop the groups it inherited.</summary>
    public static bool Write(int processId)
    {
        uint user = Libc.GetUserId();
        uint group = Libc.GetGroupId();
        bool privileged = user == 0;
        if (privileged)
        {
            user = Available("/proc/self/uid_map");
            group = Available("/proc/self/gid_map");
        }
        else
        {
            // Without privilege the kernel takes a group map only once groups can no longer be dropped.
            KernelFile.Write($"/proc/{processId}/setgroups", "deny");
        }
        KernelFile.Write($"/proc/{processId}/gid_map", $"0 {group} 1\n");
        KernelFile.Write($"/proc/{processId}/uid_map", $"0 {user} 1\n");
        return privileged;
    }

    private static uint Available(string map)
    {
        foreach (string line in File.ReadLines(map))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ulong first = ulong.Parse(fields[0], CultureInfo.InvariantCulture);
            ulong count = ulong.Parse(fields[2], CultureInfo.InvariantCulture);
            if (first <= Unprivileged && Unprivileged - first < count)
                return Unprivileged;
        }
        return Nobody;
    }
}
