using Drover.Contracts.Rpc;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Drover.Rpc.Generator.Tests;

/// <summary>Source that went through compiler and generator.</summary>
internal sealed record Compiled(IReadOnlyList<Diagnostic> FromGenerator, IReadOnlyList<Diagnostic> FromCompiler, GeneratorDriver Driver)
{
    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':')
            .Append(typeof(RpcInterfaceAttribute).Assembly.Location)
            .Distinct()
            .Select(path => MetadataReference.CreateFromFile(path))];

    public static Compiled Of(string source)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new RpcGenerator().AsSourceGenerator()],
            driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGeneratorsAndUpdateCompilation(Compilation(source), out Compilation output, out var diagnostics);
        return new(diagnostics, [.. output.GetDiagnostics().Where(found => found.Severity >= DiagnosticSeverity.Warning)], driver);
    }

    public static CSharpCompilation Compilation(string source) => CSharpCompilation.Create(
        "Sample",
        [CSharpSyntaxTree.ParseText(source, new(LanguageVersion.Latest), "Sample.cs")],
        s_references,
        new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
}
