using System.Collections.Concurrent;
using Drover.Cli.Pictures.Layout;
using Drover.Cli.Pictures.Model;
using Drover.Node.Operations;

namespace Drover.Cli.Tests.Pictures;

/// <summary>Pictures of components that there could be, by name.</summary>
internal static class SampleModels
{
    private static readonly Dictionary<string, Func<PictureModel>> Makers = new()
    {
        ["nothing"] = () => PictureModel.Of(SampleReports.Of(0)),
        ["one"] = () => PictureModel.Of(SampleReports.Of(1)),
        ["10"] = () => PictureModel.Of(SampleReports.Of(10)),
        ["40"] = () => PictureModel.Of(SampleReports.Of(40)),
        ["41"] = () => PictureModel.Of(SampleReports.Of(41)),
        ["1000"] = () => PictureModel.Of(SampleReports.Of(1000)),
        ["100000"] = () => PictureModel.Of(SampleReports.Of(100_000)),
        ["many of each kind"] = () => PictureModel.Of(SampleReports.OfManyKinds(120)),
        ["hostile"] = () => PictureModel.Of(SampleReports.OfHostile(4)),
        ["hostile, many"] = () => PictureModel.Of(SampleReports.OfHostile(100)),
        ["10 restored"] = () => Restored(SampleReports.Of(10)),
        ["1000 restored"] = () => Restored(SampleReports.Of(1000, image: "/x/sample"), 20, 21, 33),
        ["many of each kind restored"] = () => Restored(SampleReports.OfManyKinds(50)),
        ["hostile restored"] = () => Restored(SampleReports.OfHostile(4), 2, 16),
        ["another"] = () => PictureModel.Of(SampleReports.Of(12), SampleReports.OfHostile(2)),
        ["another, many"] = () => PictureModel.Of(SampleReports.OfManyKinds(40), SampleReports.Of(700)),
    };

    private static readonly ConcurrentDictionary<string, PictureModel> Made = new();

    private static readonly ConcurrentDictionary<string, Scene> Placed = new();

    public static TheoryData<string> Names => new(Makers.Keys);

    public static PictureModel Get(string name) => Made.GetOrAdd(name, wanted => Makers[wanted]());

    public static Scene Scene(string name) => Placed.GetOrAdd(name, wanted => PictureLayout.Of(Get(wanted)));

    private static PictureModel Restored(InspectReport before, params IReadOnlyList<uint> becomeVoid) =>
        PictureModel.Of(before, SampleReports.Restored(before, becomeVoid));
}
