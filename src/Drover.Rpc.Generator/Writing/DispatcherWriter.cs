using Drover.Rpc.Generator.Model;

namespace Drover.Rpc.Generator.Writing;

/// <summary>The class that servers use: reads a request completely, calls the object, writes the reply.</summary>
internal static class DispatcherWriter
{
    private const string Contracts = "global::Drover.Contracts.";

    public static void Write(CodeWriter code, RpcInterface rpcInterface)
    {
        string name = $"{rpcInterface.FlatName}Dispatcher";
        code.Open($"file sealed class {name} : {Contracts}Rpc.IRpcDispatcher");
        code.Line($"private readonly {rpcInterface.FullName} _target;");
        code.Line();
        code.Line($"public {name}({rpcInterface.FullName} target) => _target = target;");
        code.Line();
        code.Line("public object Target => _target;");
        code.Line();
        WriteDispatch(code, rpcInterface);
        foreach (RpcMethod method in rpcInterface.Methods)
        {
            code.Line();
            WriteMethod(code, method);
        }

        code.Close();
    }

    private static void WriteDispatch(CodeWriter code, RpcInterface rpcInterface)
    {
        code.Open($"public {Contracts}Abi.CallStatus Dispatch({Contracts}Rpc.MessageBuffer __message, out global::System.Exception? fault)");
        code.Line("fault = null;");
        code.Line("bool __inTarget = false;");
        code.Open("try");
        code.Open("switch (__message.Read<ushort>())");
        foreach (RpcMethod method in rpcInterface.Methods)
        {
            code.Line($"case {method.Number}:");
            code.Line($"    Method{method.Number}(__message, ref __inTarget);");
            code.Line($"    return {Contracts}Abi.CallStatus.Ok;");
        }

        code.Line("default:");
        code.Line("    __message.Reset();");
        code.Line($"    return {Contracts}Abi.CallStatus.NoSuchMethod;");
        code.Close();
        code.Close();
        WriteFailure(code, $"{Contracts}Rpc.RpcException __fault) when (!__inTarget", "__fault.Status");
        WriteFailure(code, "global::System.Exception __fault", $"{Contracts}Abi.CallStatus.ServerFault", "fault = __fault;");
        code.Close();
    }

    private static void WriteFailure(CodeWriter code, string caught, string status, string? first = null)
    {
        code.Open($"catch ({caught})");
        if (first is not null)
            code.Line(first);
        code.Line("__message.Reset();");
        code.Line($"return {status};");
        code.Close();
    }

    private static void WriteMethod(CodeWriter code, RpcMethod method)
    {
        code.Open($"private void Method{method.Number}({Contracts}Rpc.MessageBuffer __message, ref bool __inTarget)");
        List<string> disposals = DeclareOwned(code, method);
        if (disposals.Count != 0)
            code.Open("try");
        WriteBody(code, method);
        if (disposals.Count != 0)
        {
            code.Close();
            code.Open("finally");
            foreach (string disposal in disposals)
                code.Line(disposal);
            code.Close();
        }

        code.Close();
    }

    /// <summary>Declares what must be given back on every path, and gives the statements that do so.</summary>
    private static List<string> DeclareOwned(CodeWriter code, RpcMethod method)
    {
        List<string> disposals = [];
        for (int i = 0; i < method.Parameters.Count; i++)
        {
            if (!method.Parameters[i].Type.IsCapability)
                continue;
            code.Line($"{method.Parameters[i].Type.Name.TrimEnd('?')}? __argument{i} = null;");
            disposals.Add($"__argument{i}?.Dispose();");
        }

        if (Marshalling.Disposal(method.Result, "__result") is { } disposal)
        {
            string type = method.Result.Kind == WireKind.Attempt ? method.Result.Name : method.Result.Name.TrimEnd('?') + "?";
            code.Line($"{type} __result = default;");
            disposals.Add(disposal);
        }

        return disposals;
    }

    private static void WriteBody(CodeWriter code, RpcMethod method)
    {
        for (int i = 0; i < method.Parameters.Count; i++)
        {
            WireType type = method.Parameters[i].Type;
            string declared = type.IsCapability ? "" : type.Kind == WireKind.ByteSpan ? "byte[] " : type.Name + " ";
            code.Line($"{declared}__argument{i} = {Marshalling.Read(type, method.DisplayName)};");
        }

        code.Line("if (__message.UnreadBytes != 0)");
        code.Line($"    {Marshalling.Malformed(method.DisplayName)};");
        code.Line("__inTarget = true;");
        string arguments = string.Join(", ", Enumerable.Range(0, method.Parameters.Count).Select(i => $"__argument{i}"));
        string call = $"_target.{method.Name}({arguments});";
        if (method.DeclaringInterface.Length != 0)
            call = $"(({method.DeclaringInterface})_target).{method.Name}({arguments});";
        bool owned = Marshalling.Disposal(method.Result, "__result") is not null;
        string assigned = method.Result.IsVoid ? "" : owned ? "__result = " : $"{method.Result.Name} __result = ";
        code.Line(assigned + call);
        code.Line("__inTarget = false;");
        code.Line("__message.Reset();");
        if (method.Result.Kind != WireKind.Nothing)
            Marshalling.Write(code, method.Result, "__result");
    }
}
