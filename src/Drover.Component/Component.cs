using Drover.Component.Kernel;
using Drover.Contracts.Rpc;

namespace Drover.Component;

/// <summary>Where a component begins.</summary>
public static class Component
{
    /// <summary>sysexits(3): EX_UNAVAILABLE</summary>
    private const int NotUnderDrover = 69;

    /// <summary>Runs the component with what its parent gave it, and gives the status for Main to return. Outside Drover it says
    /// so and does nothing else.</summary>
    public static int Run(Func<Env, int> main)
    {
        ArgumentNullException.ThrowIfNull(main);
        Env env;
        try
        {
            env = Env.Open();
        }
        catch (NotUnderDroverException explanation)
        {
            Console.Error.WriteLine(explanation.Message);
            return NotUnderDrover;
        }

        int status = main(env);
        try
        {
            env.Parent.Client.Exit(status);
        }
        catch (RpcException)
        {
            // The process ends with the same status; the parent sees that.
        }

        return status;
    }

    /// <summary>Runs the component until it calls <see cref="Env.Stop"/>: <paramref name="start"/> announces what it serves.</summary>
    public static int Serve(Action<Env> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return Run(env =>
        {
            start(env);
            return env.WaitUntilStopped();
        });
    }
}
