using System.Xml.Linq;

namespace Drover.Architecture.Tests;

/// <summary>The direction of dependencies, as ARCHITECTURE.md states it.</summary>
public sealed class DependencyTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Drover.Platform"] = [],
        ["Drover.Contracts"] = [],
        ["Drover.Linux"] = ["Drover.Platform"],
        ["Drover.Core"] = ["Drover.Platform", "Drover.Contracts"],
        ["Drover.Images"] = ["Drover.Platform"],
        ["Drover.Monitor"] = ["Drover.Core", "Drover.Images", "Drover.Platform", "Drover.Contracts"],
        ["Drover.Component"] = ["Drover.Contracts"],
        ["Drover.Node"] =
            ["Drover.Monitor", "Drover.Linux", "Drover.Core", "Drover.Images", "Drover.Platform", "Drover.Contracts"],
        ["drover"] = ["Drover.Node"],
    };

    public static TheoryData<string> Assemblies => new(Allowed.Keys);

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void An_assembly_uses_only_what_lies_below_it(string name)
    {
        IEnumerable<string> used = CompiledAssembly.Read(name).References
            .Where(reference => reference.StartsWith("Drover.", StringComparison.Ordinal));
        Assert.Empty(used.Except(Allowed[name]));
    }

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void A_project_file_names_only_what_lies_below_it(string name)
    {
        string project = name == "drover" ? "Drover.Cli" : name;
        var file = XDocument.Load(Path.Combine(RepositoryRoot.Path, "src", project, project + ".csproj"));
        IEnumerable<string> named = file.Descendants("ProjectReference")
            // Samples and the generator are built along, not linked against.
            .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Assert.Empty(named.Except(Allowed[name]));
    }

    [Theory]
    [InlineData("Drover.Contracts")]
    [InlineData("Drover.Platform")]
    [InlineData("Drover.Component")]
    public void What_a_component_links_against_needs_the_base_class_library_only(string name) =>
        Assert.All(
            CompiledAssembly.Read(name).References.Except(Allowed[name]),
            reference => Assert.StartsWith("System.", reference, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Native_code_is_called_by_two_assemblies_only(string name)
    {
        if (name is not ("Drover.Linux" or "Drover.Component"))
            Assert.Empty(CompiledAssembly.Read(name).NativeImports);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = XDocument.Load(Path.Combine(RepositoryRoot.Path, "Drover.slnx"));
        IEnumerable<string> listed = solution.Descendants("Project").Select(project => project.Attribute("Path")!.Value);
        IEnumerable<string> present = ((string[])["src", "components", "tests", "bench", "fuzz"])
            .Select(folder => Path.Combine(RepositoryRoot.Path, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories))
            // One that is compiled ahead of time is published by the scenario that needs it, where there is a linker.
            .Where(path => !File.ReadAllText(path).Contains("<PublishAot>true", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(RepositoryRoot.Path, path))
            // Programs that a test builds for itself lie below its own output.
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal));
        Assert.Equal(present.Order(), listed.Order());
    }
}
