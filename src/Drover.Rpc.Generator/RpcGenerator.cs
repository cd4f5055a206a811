using System.Text;
using Drover.Rpc.Generator.Model;
using Drover.Rpc.Generator.Parsing;
using Drover.Rpc.Generator.Writing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Drover.Rpc.Generator;

/// <summary>Makes client and dispatcher of each interface marked [RpcInterface].</summary>
[Generator(LanguageNames.CSharp)]
public sealed class RpcGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<ParseResult> interfaces = context.SyntaxProvider.ForAttributeWithMetadataName(
            KnownNames.RpcInterfaceAttribute,
            static (node, _) => node is InterfaceDeclarationSyntax,
            static (found, _) => InterfaceParser.Parse((INamedTypeSymbol)found.TargetSymbol));
        context.RegisterSourceOutput(interfaces, static (output, parsed) =>
        {
            foreach (DiagnosticInfo diagnostic in parsed.Diagnostics)
                output.ReportDiagnostic(diagnostic.ToDiagnostic());
            if (parsed.Interface is not { } rpcInterface)
                return;
            string hint = rpcInterface.Namespace.Length == 0 ? "" : rpcInterface.Namespace + ".";
            output.AddSource(
                $"{hint}{rpcInterface.FlatName}.Rpc.g.cs",
                SourceText.From(InterfaceWriter.Write(rpcInterface), Encoding.UTF8));
        });
    }
}
