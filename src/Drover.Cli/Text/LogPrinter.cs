using Drover.Cli.CommandLine;
using Drover.Node.Operations;

namespace Drover.Cli.Text;

/// <summary>Prints a component's log as the component would have printed it.</summary>
internal static class LogPrinter
{
    public static void Print(CommandEnvironment environment, LogEntry entry, bool allToError = false)
    {
        string text = Printable.Of(entry.Text);
        TextWriter writer = allToError || entry.Stream != LogStream.Output ? environment.Error : environment.Output;
        writer.WriteLine(entry.Stream == LogStream.Node ? $"drover: {text}" : text);
        writer.Flush();
    }
}
