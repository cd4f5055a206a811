using Drover.Rpc.Generator.Model;

namespace Drover.Rpc.Generator.Writing;

/// <summary>The class that callers get: each method writes a request, calls, and reads the reply.</summary>
internal static class ClientWriter
{
    private const string Contracts = "global::Drover.Contracts.";

    public static void Write(CodeWriter code, RpcInterface rpcInterface)
    {
        string name = $"{rpcInterface.FlatName}Client";
        string capability = $"{Contracts}Rpc.Capability<{rpcInterface.FullName}>";
        code.Open($"file sealed class {name} : {rpcInterface.FullName}");
        code.Line($"private readonly {capability} _capability;");
        code.Line();
        code.Line($"public {name}({capability} capability) => _capability = capability;");
        foreach (RpcMethod method in rpcInterface.Methods)
        {
            code.Line();
            WriteMethod(code, method);
        }

        code.Close();
    }

    private static void WriteMethod(CodeWriter code, RpcMethod method)
    {
        string parameters = string.Join(", ", method.Parameters.Select(parameter =>
            $"{(parameter.IsScoped ? "scoped " : "")}{parameter.Type.Name} {parameter.Name}"));
        code.Open($"{method.Result.Name} {method.DeclaringInterface}.{method.Name}({parameters})");
        foreach (RpcParameter parameter in method.Parameters)
        {
            if (parameter.Type.Kind is WireKind.Text or WireKind.Bytes or WireKind.Capability)
                code.Line($"global::System.ArgumentNullException.ThrowIfNull({parameter.Name});");
        }

        code.Line($"{Contracts}Rpc.CapabilityOwner __owner = _capability.Owner;");
        code.Line($"{Contracts}Rpc.MessageBuffer __message = __owner.BeginCall();");
        code.Open("try");
        WriteExchange(code, method);
        code.Close();
        code.Open($"catch ({Contracts}Rpc.RpcException __fault) when (__fault.Method == \"message\")");
        code.Line($"throw new {Contracts}Rpc.RpcException(__fault.Status, \"{method.DisplayName}\");");
        code.Close();
        code.Open("finally");
        code.Line("__message.Reset();");
        code.Line("global::System.GC.KeepAlive(__owner);");
        foreach (RpcParameter parameter in method.Parameters.Where(parameter => parameter.Type.IsCapability))
            code.Line($"global::System.GC.KeepAlive({parameter.Name});");
        code.Close();
        code.Close();
    }

    private static void WriteExchange(CodeWriter code, RpcMethod method)
    {
        code.Line($"__message.Write<ushort>({method.Number});");
        foreach (RpcParameter parameter in method.Parameters)
            Marshalling.Write(code, parameter.Type, parameter.Name);
        code.Line($"{Contracts}Abi.CallStatus __status = __owner.Call(__message);");
        code.Line($"if (__status != {Contracts}Abi.CallStatus.Ok)");
        code.Line($"    throw new {Contracts}Rpc.RpcException(__status, \"{method.DisplayName}\");");
        if (method.Result.Kind != WireKind.Nothing)
            code.Line($"{method.Result.Name} __result = {Marshalling.Read(method.Result, method.DisplayName)};");
        code.Open("if (__message.UnreadBytes != 0)");
        if (Marshalling.Disposal(method.Result, "__result") is { } disposal)
            code.Line(disposal);
        code.Line($"{Marshalling.Malformed(method.DisplayName)};");
        code.Close();
        if (method.Result.Kind != WireKind.Nothing)
            code.Line("return __result;");
        else if (!method.Result.IsVoid)
            code.Line("return default;");
    }
}
