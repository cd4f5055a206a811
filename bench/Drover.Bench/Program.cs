using Drover.Bench;

if (!BenchOptions.TryParse(args, out BenchOptions options))
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 64;
}

// What compiles is not held to one processor.
if (!Pinning.IsChild && options.Includes("checkpoints"))
    NativePrograms.Publish(NativePrograms.Sheep);
// Not asynchronous before this point: on the main thread the processor is chosen for all that comes of it.
return Pinning.IsPinned || options.IsUnpinned ? Benchmark.RunAsync(options).GetAwaiter().GetResult() : Pinning.RunPinned(args);
