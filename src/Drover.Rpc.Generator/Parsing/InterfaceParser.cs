using Drover.Rpc.Generator.Model;
using Microsoft.CodeAnalysis;

namespace Drover.Rpc.Generator.Parsing;

/// <summary>Looks at one interface and the RPC interfaces it inherits.</summary>
internal sealed class InterfaceParser
{
    private readonly List<DiagnosticInfo> _diagnostics = [];
    private readonly List<RpcMethod> _methods = [];
    private readonly INamedTypeSymbol _interface;

    private InterfaceParser(INamedTypeSymbol rpcInterface) => _interface = rpcInterface;

    public static ParseResult Parse(INamedTypeSymbol rpcInterface)
    {
        InterfaceParser parser = new(rpcInterface);
        RpcInterface? parsed = parser.ParseInterface();
        return new(parser._diagnostics.Count == 0 ? parsed : null, new(parser._diagnostics));
    }

    private RpcInterface? ParseInterface()
    {
        string display = _interface.ToDisplayString(TypeParser.ShortName);
        if (!IsAccessible(_interface))
            Report(RpcDiagnostics.Inaccessible, _interface, display);
        if (_interface.IsGenericType)
            Report(RpcDiagnostics.Generic, _interface, display);
        if (_diagnostics.Count != 0)
            return null;
        foreach (INamedTypeSymbol part in BasesFirst(_interface, []))
            ParseMembers(part);
        string space = _interface.ContainingNamespace is { IsGlobalNamespace: false } named ? named.ToDisplayString() : "";
        return new(space, _interface.ToDisplayString(TypeParser.FullName), FlatName(_interface), new(_methods));
    }

    /// <summary>Each interface after the ones it inherits, in the order of declaration, once.</summary>
    private List<INamedTypeSymbol> BasesFirst(INamedTypeSymbol type, List<INamedTypeSymbol> ordered)
    {
        foreach (INamedTypeSymbol inherited in type.Interfaces)
        {
            if (ordered.Contains(inherited, SymbolEqualityComparer.Default))
                continue;
            if (IsRpcInterface(inherited))
                BasesFirst(inherited, ordered);
            else
                Report(RpcDiagnostics.Base, _interface, type.Name, inherited.ToDisplayString(TypeParser.ShortName));
        }

        ordered.Add(type);
        return ordered;
    }

    private void ParseMembers(INamedTypeSymbol declaring)
    {
        foreach (ISymbol member in declaring.GetMembers())
        {
            // A member with a body runs at the caller and calls the others; it needs nothing of us.
            if (!member.IsAbstract || member is INamedTypeSymbol)
                continue;
            string display = $"{declaring.Name}.{member.Name}";
            switch (member)
            {
                case { IsStatic: true }:
                    if (member is not IMethodSymbol { AssociatedSymbol: not null })
                        Report(RpcDiagnostics.StaticAbstract, member, display);
                    break;
                case IPropertySymbol:
                    Report(RpcDiagnostics.Property, member, display);
                    break;
                case IEventSymbol:
                    Report(RpcDiagnostics.Event, member, display);
                    break;
                case IMethodSymbol { MethodKind: MethodKind.Ordinary } method:
                    ParseMethod(declaring, method, display);
                    break;
            }
        }
    }

    private void ParseMethod(INamedTypeSymbol declaring, IMethodSymbol method, string display)
    {
        if (method.IsGenericMethod)
        {
            Report(RpcDiagnostics.Generic, method, display);
            return;
        }

        List<RpcParameter> parameters = [];
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            if (ParseParameter(parameter, display) is { } parsed)
                parameters.Add(parsed);
        }

        int capabilities = parameters.Count(parameter => parameter.Type.IsCapability);
        if (capabilities > KnownNames.MaxCapabilities)
            Report(RpcDiagnostics.TooManyCapabilities, method, display, $"{capabilities}", $"{KnownNames.MaxCapabilities}");
        if (ParseResult(method, display) is { } result)
        {
            _methods.Add(new(
                _methods.Count,
                declaring.ToDisplayString(TypeParser.FullName),
                TypeParser.Escape(method.Name),
                display,
                result,
                new(parameters)));
        }
    }

    private RpcParameter? ParseParameter(IParameterSymbol parameter, string display)
    {
        if (parameter.RefKind != RefKind.None)
        {
            Report(RpcDiagnostics.ByReference, parameter, parameter.Name, display);
            return null;
        }

        if (TypeParser.Parse(parameter.Type, asResult: false, out string advice) is { } type)
            return new(TypeParser.Escape(parameter.Name), type, parameter.ScopedKind == ScopedKind.ScopedValue);
        Report(RpcDiagnostics.Parameter, parameter, parameter.Name, display, TypeParser.Display(parameter.Type), advice);
        return null;
    }

    private WireType? ParseResult(IMethodSymbol method, string display)
    {
        if (TypeParser.AwaitedType(method.ReturnType) is { } awaited)
        {
            Report(RpcDiagnostics.Asynchronous, method, display, awaited);
            return null;
        }

        string advice = "there is no common memory; return the value itself";
        if (!method.ReturnsByRef && !method.ReturnsByRefReadonly
            && TypeParser.Parse(method.ReturnType, asResult: true, out advice) is { } type)
        {
            return type;
        }

        Report(RpcDiagnostics.Result, method, display, TypeParser.Display(method.ReturnType), advice);
        return null;
    }

    // A fault in an inherited interface is shown where it is declared, or at the heir if that is elsewhere.
    private void Report(DiagnosticDescriptor descriptor, ISymbol where, params string[] arguments) =>
        _diagnostics.Add(DiagnosticInfo.Create(
            descriptor, where.Locations.Any(location => location.IsInSource) ? where : _interface, arguments));

    private static bool IsRpcInterface(INamedTypeSymbol type) => type.GetAttributes().Any(attribute =>
        attribute.AttributeClass?.ToDisplayString() == KnownNames.RpcInterfaceAttribute);

    private static bool IsAccessible(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type; current is not null; current = current.ContainingType)
        {
            if (current.IsFileLocal || current.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected
                or Accessibility.ProtectedAndInternal)
            {
                return false;
            }
        }

        return true;
    }

    private static string FlatName(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? $"{FlatName(outer)}_{type.Name}" : type.Name;
}
