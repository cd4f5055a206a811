using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Drover.Component;
using Drover.Component.Sessions;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Steward;

[RpcInterface]
internal interface IWorkers
{
    /// <summary>What is known of all named threads, one in a line.</summary>
    string Report();
}

/// <summary>Threads with names, CPUs, thread-locals and vector registers of their own.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as the process.")]
internal sealed partial class Workers(Env env) : IWorkers
{
    private static readonly string[] s_names = ["first", "last", "anywhere"];

    [ThreadStatic]
    private static int s_static;

    private readonly ThreadLocal<string> _local = new();
    private readonly Worker[] _workers = new Worker[s_names.Length];

    public static void Serve(Env env)
    {
        Workers workers = new(env);
        byte[] all = env.Cpu.Client.ThreadAffinity(SlotOf(env, "main")).Value;
        int[] processors = [.. Enumerable.Range(0, all.Length * 8).Where(number => (all[number / 8] & (1 << (number % 8))) != 0)];
        byte[]?[] masks = [MaskOf(processors[0], all.Length), MaskOf(processors[^1], all.Length), null];
        for (int i = 0; i < s_names.Length; i++)
            workers._workers[i] = workers.Start(s_names[i], masks[i], i);
        env.Announce<IWorkers>("Workers", _ => workers);
        Console.Write(workers.Report());
        Console.WriteLine("working");
    }

    public static int Report(Env env)
    {
        using Session<IWorkers> workers = env.OpenSession<IWorkers>("Workers");
        Console.Write(workers.Client.Report());
        return 0;
    }

    public string Report() => string.Concat(_workers.Select(worker => worker.Ask() + "\n"));

    private Worker Start(string name, byte[]? mask, int number)
    {
        Worker worker = new();
        Thread thread = new(() => Work(worker, name, mask, number)) { Name = name, IsBackground = true };
        thread.Start();
        worker.AwaitReady();
        return worker;
    }

    private void Work(Worker worker, string name, byte[]? mask, int number)
    {
        uint slot = SlotOf(env, name);
        if (mask is not null && !env.Cpu.Client.SetThreadAffinity(slot, mask).Succeeded)
            throw new InvalidOperationException("the node does not let the thread choose its CPU");
        s_static = 100 + number;
        _local.Value = $"local {number}";
        nint native = AddressOfErrno();
        worker.Ready();
        while (true)
        {
            bool intact = worker.SpinUntilAsked((ulong)number);
            string affinity = Convert.ToHexStringLower(env.Cpu.Client.ThreadAffinity(slot).Value).TrimEnd('0');
            string own = env.Cpu.Client.ThreadName(slot).Value;
            worker.Answer($"{own} on {affinity}: {s_static}, {_local.Value}, native {native == AddressOfErrno()}, vectors {intact}");
        }
    }

    /// <summary>The slot of the thread of that name, which has made a private call.</summary>
    private static uint SlotOf(Env env, string name)
    {
        byte[] slots = env.Cpu.Client.ThreadSlots();
        for (uint slot = 0; slot < slots.Length * 8; slot++)
        {
            bool isTaken = (slots[slot / 8] & (1 << (int)(slot % 8))) != 0;
            if (isTaken && env.Cpu.Client.ThreadName(slot).TryGet(out string? found, out _) && (found == name || (name == "main" && slot == 0)))
                return slot;
        }

        throw new InvalidOperationException($"core knows no thread '{name}'");
    }

    private static byte[] MaskOf(int processor, int lengthBytes)
    {
        byte[] mask = new byte[lengthBytes];
        mask[processor / 8] = (byte)(1 << (processor % 8));
        return mask;
    }

    [LibraryImport("libc", EntryPoint = "__errno_location")]
    private static partial nint AddressOfErrno();
}
