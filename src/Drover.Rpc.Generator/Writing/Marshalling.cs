using Drover.Rpc.Generator.Model;

namespace Drover.Rpc.Generator.Writing;

/// <summary>The statements and expressions that move one value into and out of a message.</summary>
internal static class Marshalling
{
    private const string Contracts = "global::Drover.Contracts.";

    private static readonly EquatableArray<PaddingBytes> NoPadding = new([]);

    /// <param name="method">Its name; or, if not <paramref name="isName"/>, the variable that holds it.</param>
    public static string Malformed(string method, bool isName = true) =>
        $"throw new {Contracts}Rpc.RpcException({Contracts}Abi.CallStatus.MalformedMessage, {(isName ? $"\"{method}\"" : method)})";

    public static void Write(CodeWriter code, WireType type, string value)
    {
        switch (type.Kind)
        {
            case WireKind.Nothing:
                break;
            case WireKind.Value:
                WriteValue(code, type, value);
                break;
            case WireKind.Boolean:
                code.Line($"__message.Write<byte>({value} ? (byte)1 : (byte)0);");
                break;
            case WireKind.Text:
                code.Line($"__message.WriteString({value});");
                break;
            case WireKind.Bytes or WireKind.ByteSpan:
                code.Line($"__message.WriteBytes({value});");
                break;
            case WireKind.Capability:
                code.Line($"__message.WriteCapability({value}.Owner);");
                break;
            case WireKind.OptionalCapability:
                code.Line($"__message.WriteCapability({value}?.Owner);");
                break;
            case WireKind.Attempt:
                WriteAttempt(code, type, value);
                break;
        }
    }

    /// <summary>An expression that reads the next value.</summary>
    public static string Read(WireType type, string method) => type.Kind switch
    {
        WireKind.Nothing => $"default({type.Name})",
        WireKind.Value => ReadValue(type, method),
        WireKind.Boolean => $"__message.Read<byte>() switch {{ 0 => false, 1 => true, _ => {Malformed(method)} }}",
        WireKind.Text => "__message.ReadString()",
        WireKind.Bytes or WireKind.ByteSpan => "__message.ReadBytes().ToArray()",
        WireKind.Capability => $"new {type.Name}(__message.ReadCapability() ?? {Malformed(method)})",
        WireKind.OptionalCapability =>
            $"(__message.ReadCapability() is {{ }} __arrived ? new {type.Name.TrimEnd('?')}(__arrived) : null)",
        WireKind.Attempt => $"__message.Read<byte>() switch {{ 0 => ({type.Name})({Read(type.Value!, method)}), "
            + $"1 => ({type.Name}){ReadValue(type.Error!, method)}, _ => {Malformed(method)} }}",
        _ => throw new InvalidOperationException(type.Kind.ToString()),
    };

    /// <summary>The capability within a value that is to be disposed; null if it has none.</summary>
    public static string? Disposal(WireType type, string value) => type.Kind switch
    {
        WireKind.Capability or WireKind.OptionalCapability => $"{value}?.Dispose();",
        WireKind.Attempt when type.Value!.IsCapability =>
            $"if ({value}.TryGet(out var __owned, out _)) __owned?.Dispose();",
        _ => null,
    };

    private static void WriteAttempt(CodeWriter code, WireType type, string value)
    {
        code.Open($"if ({value}.TryGet(out var __value, out var __error))");
        code.Line("__message.Write<byte>(0);");
        Write(code, type.Value!, "__value");
        code.Close();
        code.Open("else");
        code.Line("__message.Write<byte>(1);");
        WriteValue(code, type.Error!, "__error");
        code.Close();
    }

    private static void WriteValue(CodeWriter code, WireType type, string value)
    {
        code.Line($"__message.Write<{type.Name}>({value});");
        foreach (PaddingBytes padding in type.Padding ?? NoPadding)
            code.Line($"__message.ClearLast<{type.Name}>({padding.Offset}, {padding.Length});");
    }

    private static string ReadValue(WireType type, string method) => type.Check is null
        ? $"__message.Read<{type.Name}>()"
        : $"{ValueCheckWriter.ClassName}.Checked(__message.Read<{type.Name}>(), \"{method}\")";
}
