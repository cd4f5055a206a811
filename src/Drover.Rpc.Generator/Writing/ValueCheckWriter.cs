using Drover.Rpc.Generator.Model;

namespace Drover.Rpc.Generator.Writing;

/// <summary>The class with what client and dispatcher check of values that have arrived.</summary>
internal static class ValueCheckWriter
{
    public const string ClassName = "ArrivedValues";

    public static void Write(CodeWriter code, RpcInterface rpcInterface)
    {
        List<WireType> types = [.. rpcInterface.Methods.SelectMany(TypesOf).Where(type => type.Check is not null).Distinct()];
        if (types.Count == 0)
            return;
        code.Line();
        code.Open($"file static class {ClassName}");
        foreach (WireType type in types)
        {
            code.Line($"public static {type.Name} Checked({type.Name} value, string method) =>");
            code.Line($"    ({type.Check}) ? value : {Marshalling.Malformed("method", isName: false)};");
        }

        code.Close();
    }

    private static IEnumerable<WireType> TypesOf(RpcMethod method)
    {
        foreach (WireType type in method.Parameters.Select(parameter => parameter.Type).Append(method.Result))
        {
            if (type.Kind == WireKind.Value)
                yield return type;
            if (type.Kind != WireKind.Attempt)
                continue;
            if (type.Value!.Kind == WireKind.Value)
                yield return type.Value;
            yield return type.Error!;
        }
    }
}
