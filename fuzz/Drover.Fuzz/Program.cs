using Drover.Fuzz.Images;
using Drover.Fuzz.Running;
using Drover.Fuzz.Tables;
using Drover.Fuzz.Utcb;

if (!FuzzOptions.TryParse(args, out FuzzOptions options))
{
    Console.Error.WriteLine(FuzzOptions.Usage);
    return 64;
}

return new FuzzRun(options).Run(new Dictionary<string, Func<IFuzzTarget>>
{
    ["tables"] = () => new TablesTarget(),
    ["utcb"] = () => new UtcbTarget(),
    ["images"] = () => new ImagesTarget(),
    ["chains"] = () => new ChainsTarget(),
    ["groups"] = () => new GroupsTarget(),
});
