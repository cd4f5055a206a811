using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Sessions;
using Drover.Contracts.Sessions;

namespace Churn;

/// <summary>Sessions to the services of core that have no other state.</summary>
internal sealed class SessionThing : Thing
{
    private readonly Session<ILogSession> _log;
    private readonly Rom _rom;

    public SessionThing(Env env)
    {
        _log = env.OpenSession<ILogSession>("LOG", "churn");
        _rom = env.OpenRom("poem");
    }

    public override void Check() => Expect("module", "Mary had a little lamb", _rom.ReadText());

    public override void Dispose()
    {
        _rom.Dispose();
        _log.Dispose();
    }
}
