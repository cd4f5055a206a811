using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Drover.Linux.Tests.Processes;

[Trait("Category", "Process")]
public sealed class NodeDeathTests
{
    /// <summary>Field 4 of /proc/pid/stat, counted behind the command; -1 if there is no such process.</summary>
    private static int ParentOf(int process)
    {
        try
        {
            string status = File.ReadAllText($"/proc/{process}/stat");
            string[] fields = status[(status.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" ? -1 : int.Parse(fields[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return -1;
        }
    }

    [Fact]
    public async Task An_ordinary_user_keeps_components_too()
    {
        const string SetUser = "/usr/bin/setpriv";
        // Without privilege, all other tests show it; and only some places can be read by everybody.
        if (Environment.UserName != "root" || !File.Exists(SetUser) || !IsReadableByAll(Programs.Keeper))
            return;
        using Process node = Process.Start(new ProcessStartInfo(SetUser)
        {
            ArgumentList =
            {
                "--reuid=1000", "--regid=1000", "--clear-groups",
                Programs.Keeper, Programs.Lively, Programs.DotnetRoot, "stopped",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string? line = await node.StandardOutput.ReadLineAsync();
        bool launched = int.TryParse(line, CultureInfo.InvariantCulture, out int component);
        int init = ParentOf(component);
        node.Kill();
        string errors = await node.StandardError.ReadToEndAsync();

        Assert.True(launched && init != -1, errors);
    }

    private static bool IsReadableByAll(string path)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute))
                return false;
        }
        return File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherExecute);
    }

    [Theory]
    [InlineData("")]
    [InlineData("stopped")]
    public async Task A_node_that_is_killed_takes_its_components_along(string mode)
    {
        using Process node = Process.Start(new ProcessStartInfo(Programs.Keeper)
        {
            ArgumentList = { Programs.Lively, Programs.DotnetRoot },
            RedirectStandardOutput = true,
        }.With(mode))!;
        int component = int.Parse((await node.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        int init = ParentOf(component);
        Assert.NotEqual(-1, init);
        Assert.Equal(node.Id, ParentOf(init));

        node.Kill();
        await node.WaitForExitAsync();

        long killed = Environment.TickCount64;
        while ((ParentOf(component) != -1 || ParentOf(init) != -1) && Environment.TickCount64 - killed < 10_000)
            await Task.Delay(1);
        Assert.Equal(-1, ParentOf(component));
        Assert.Equal(-1, ParentOf(init));
    }
}

internal static class StartInformation
{
    public static ProcessStartInfo With(this ProcessStartInfo information, string argument)
    {
        if (argument.Length > 0)
            information.ArgumentList.Add(argument);
        return information;
    }
}
