using System.Text.RegularExpressions;

namespace Drover.Architecture.Tests;

/// <summary>What every source file keeps to.</summary>
public sealed partial class SourceTests
{
    private const int MostLines = 500;

    public static TheoryData<string> Projects => new(
        Directory.EnumerateDirectories(Path.Combine(RepositoryRoot.Path, "src")).Select(path => Path.GetFileName(path)));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_namespace_is_the_project_and_the_folder(string project) =>
        Assert.All(Sources(project), file =>
        {
            Match match = Namespace().Match(File.ReadAllText(file));
            if (!match.Success)
            {
                // Only top-level statements do without.
                Assert.Equal("Program.cs", Path.GetFileName(file));
                return;
            }

            // What the compiler looks for in the base class library and an older one lacks.
            if (match.Groups["name"].Value.StartsWith("System.", StringComparison.Ordinal))
                return;
            string folder = Path.GetDirectoryName(Path.GetRelativePath(Path.Combine(RepositoryRoot.Path, "src"), file))!;
            Assert.Equal(folder.Replace('/', '.'), match.Groups["name"].Value);
        });

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_file_has_outgrown_one_subject(string project) =>
        Assert.All(Sources(project), file => Assert.InRange(File.ReadLines(file).Count(), 1, MostLines));

    private static IEnumerable<string> Sources(string project)
    {
        string root = Path.Combine(RepositoryRoot.Path, "src", project);
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(root, file).StartsWith("obj/", StringComparison.Ordinal)
                && !Path.GetRelativePath(root, file).StartsWith("bin/", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
