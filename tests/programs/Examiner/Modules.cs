using Drover.Component;
using Drover.Component.Memory;
using Drover.Component.Signals;

namespace Examiner;

/// <summary>Holds a ROM module, a LOG session and a file open, and shows at each tick that all of them still work.</summary>
internal static class Modules
{
    public static void Watch(Env env)
    {
        Rom rom = env.OpenRom("greeting");
        string file = File.ReadAllText("/rom/greeting");
        int tick = 0;
        SessionTimer timer = env.CreateTimer(() =>
            Console.WriteLine($"tick {++tick}: {rom.ReadText()} {file == rom.ReadText()}"));
        timer.TriggerPeriodic(TimeSpan.FromMilliseconds(50));
    }
}
