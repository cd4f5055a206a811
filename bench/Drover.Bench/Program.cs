using Drover.Bench;
using Drover.Bench.Criu;

if (!BenchOptions.TryParse(args, out BenchOptions options))
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 64;
}

// What compiles is not held to one processor.
if (!Pinning.IsChild && options.Includes("checkpoints"))
{
    NativePrograms.Publish(NativePrograms.Sheep);
    if (CriuProgram.FindAsync(Environment.GetEnvironmentVariable("PATH") ?? "", CancellationToken.None).GetAwaiter().GetResult().Path is not null)
        NativePrograms.Publish(NativePrograms.Flock);
}

// Not asynchronous before this point: on the main thread the processor is chosen for all that comes of it.
return Pinning.IsPinned || options.IsUnpinned ? Benchmark.RunAsync(options).GetAwaiter().GetResult() : Pinning.RunPinned(args);
