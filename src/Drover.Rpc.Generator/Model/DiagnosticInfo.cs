using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Drover.Rpc.Generator.Model;

/// <summary>A diagnostic without a reference to the compilation, which the pipeline must not keep alive.</summary>
internal sealed record DiagnosticInfo(
    string Id, string FilePath, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    public static DiagnosticInfo Create(DiagnosticDescriptor descriptor, ISymbol where, params string[] arguments)
    {
        Location? location = where.Locations.FirstOrDefault(candidate => candidate.IsInSource);
        FileLinePositionSpan lines = location?.GetLineSpan() ?? default;
        return new(descriptor.Id, lines.Path ?? "", location?.SourceSpan ?? default, lines.Span, new(arguments));
    }

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        RpcDiagnostics.ById(Id),
        FilePath.Length == 0 ? Location.None : Location.Create(FilePath, Span, Lines),
        Arguments.ToArray<object>());
}
