namespace Drover.Scenarios;

/// <summary>A fact about a node of a user who has no rights, which root can start.</summary>
internal sealed class OrdinaryUserFactAttribute : FactAttribute
{
    public OrdinaryUserFactAttribute()
    {
        if (Environment.UserName != "root" || !File.Exists("/usr/bin/setpriv"))
            Skip = "It takes root and setpriv(1) to become another user.";
        else if (!IsReadableByAll(Programs.Drover))
            Skip = $"Other users may not read {Programs.Drover}.";
    }

    private static bool IsReadableByAll(string path)
    {
        if (OperatingSystem.IsWindows())
            return false;
        for (string? folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute))
                return false;
        }

        return File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead);
    }
}
