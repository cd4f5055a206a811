using Drover.Fuzz.Images;
using Drover.Fuzz.Running;
using Drover.Fuzz.Tables;

if (!FuzzOptions.TryParse(args, out FuzzOptions options))
{
    Console.Error.WriteLine(FuzzOptions.Usage);
    return 64;
}

return new FuzzRun(options).Run([() => new TablesTarget(), () => new ImagesTarget()]);
