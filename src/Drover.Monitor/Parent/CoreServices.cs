using Drover.Contracts;
using Drover.Contracts.Sessions;
using Drover.Core;
using Drover.Core.Capabilities;
using Drover.Core.Ipc;
using Drover.Core.Services;
using Drover.Core.Signals;
using Drover.Monitor.Interception;

namespace Drover.Monitor.Parent;

/// <summary>Opens sessions to the services of core, each wrapped by one that records.</summary>
internal sealed class CoreServices(Kernel kernel, TimeProvider time)
{
    public const string Log = "LOG";
    public const string Rom = "ROM";
    public const string Timer = "Timer";

    public static bool Offers(string service) => service is Log or Rom or Timer;

    public Attempt<OpenSession, SessionError> Open(MonitoredComponent component, SessionCreation creation)
    {
        switch (creation.Service)
        {
            case Log:
                return OpenLog(component, new LogSession(component.LogSink, LogPrefix(creation.Arguments)), creation);
            case Rom:
                return CreateRom(component, creation.Arguments) is { } rom ? OpenRom(component, rom, creation) : SessionError.InvalidArguments;
            case Timer:
                return OpenTimer(component, new TimerSession(time), creation);
            default:
                return SessionError.NoSuchService;
        }
    }

    /// <summary>What stands before each line of a LOG session.</summary>
    public static string LogPrefix(string arguments) => arguments.Length == 0 ? "" : $"[{arguments}] ";

    /// <summary>Null if the component sees no module of that name.</summary>
    public RomSession? CreateRom(MonitoredComponent component, string module) => component.Roms.Open(kernel, module);

    public OpenSession OpenLog(MonitoredComponent client, LogSession session, SessionCreation creation)
    {
        InterceptedLogSession wrapper = new(creation, session);
        return new OpenSession(client, wrapper, kernel.CreateService<ILogSession>(wrapper, ServiceMode.Inline, Log), null);
    }

    public OpenSession OpenRom(MonitoredComponent client, RomSession session, SessionCreation creation)
    {
        InterceptedRomSession wrapper = new(creation, session);
        return new OpenSession(client, wrapper, kernel.CreateService<IRomSession>(wrapper, ServiceMode.Inline, Rom), null);
    }

    public OpenSession OpenTimer(MonitoredComponent client, TimerSession session, SessionCreation creation)
    {
        InterceptedTimerSession wrapper = new(creation, session);
        return new OpenSession(client, wrapper, kernel.CreateService<ITimerSession>(wrapper, ServiceMode.Inline, Timer), null);
    }

    /// <summary>A timer session as it was, standing still until its component runs.</summary>
    public TimerSession RebuildTimer(TimerState state, SignalContext? handler) => new(time, state, handler);
}
