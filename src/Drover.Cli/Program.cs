using System.Runtime.InteropServices;
using Drover.Cli.CommandLine;
using Drover.Node;

// Ctrl-C and its like ask for a clean end; a second one does not wait for it.
using var interrupted = new CancellationTokenSource();
void Interrupt(PosixSignalContext signal)
{
    signal.Cancel = !interrupted.IsCancellationRequested;
    interrupted.Cancel();
}

using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);

bool terminal = !Console.IsOutputRedirected;
var environment = new CommandEnvironment
{
    Output = Console.Out,
    Error = Console.Error,
    CreateNode = NodeRuntime.Create,
    Columns = terminal ? Math.Max(Console.WindowWidth, 100) : 200,
    Colours = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
};
return await DroverCommand.RunAsync(args, environment, interrupted.Token);
