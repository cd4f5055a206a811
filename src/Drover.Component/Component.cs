using Drover.Component.Kernel;
using Drover.Contracts.Rpc;

namespace Drover.Component;

/// <summary>Where a component begins.</summary>
public static class Component
{
    /// <summary>sysexits(3): EX_UNAVAILABLE</summary>
    private const int Unavailable = 69;

    /// <summary>Runs the component with what its parent gave it, and gives the status for Main to return. Outside Drover it says
    /// so and does nothing else. A <see cref="RefusedException"/> that nobody catches ends it with one line that says what was refused, and
    /// status 69.</summary>
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
            return Unavailable;
        }

        int status = StatusOf(main, env);
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

    private static int StatusOf(Func<Env, int> main, Env env)
    {
        try
        {
            return main(env);
        }
        catch (RefusedException refused)
        {
            Console.Error.WriteLine($"{AppDomain.CurrentDomain.FriendlyName}: {refused.Message}.");
            return Unavailable;
        }
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
