using Microsoft.CodeAnalysis;

namespace Drover.Rpc.Generator;

/// <summary>What cannot be called across protection domains. Each message says what to do instead.</summary>
internal static class RpcDiagnostics
{
    public static readonly DiagnosticDescriptor Parameter = Error(
        "DRV001", "Parameter cannot be marshalled", "Parameter '{0}' of '{1}' has type '{2}', which cannot be sent: {3}");

    public static readonly DiagnosticDescriptor Result = Error(
        "DRV002", "Result cannot be marshalled", "'{0}' returns '{1}', which cannot be sent: {2}");

    public static readonly DiagnosticDescriptor Asynchronous = Error(
        "DRV003", "Asynchronous method", "'{0}' is asynchronous: a call blocks its thread until the reply; return '{1}' itself and take a signal context if the result comes later");

    public static readonly DiagnosticDescriptor Generic = Error(
        "DRV004", "Generic member", "'{0}' is generic: the server cannot know the caller's types; declare it for each type that is needed");

    public static readonly DiagnosticDescriptor ByReference = Error(
        "DRV005", "Parameter by reference", "Parameter '{0}' of '{1}' is passed by reference, but there is no common memory: pass it by value and return what changes");

    public static readonly DiagnosticDescriptor Property = Error(
        "DRV006", "Property", "'{0}' is a property, which hides that reading it is a call: declare a method");

    public static readonly DiagnosticDescriptor Event = Error(
        "DRV007", "Event", "'{0}' is an event: take a Capability<ISignalContext> and submit to it");

    public static readonly DiagnosticDescriptor Base = Error(
        "DRV008", "Base interface is not an RPC interface", "'{0}' inherits '{1}', which is not marked [RpcInterface]: mark it, or do not inherit it");

    public static readonly DiagnosticDescriptor Inaccessible = Error(
        "DRV009", "Interface is not accessible", "'{0}' cannot be seen by generated code: make it and the types around it internal or public");

    public static readonly DiagnosticDescriptor StaticAbstract = Error(
        "DRV010", "Static abstract member", "'{0}' is static and abstract: only the object behind a capability can be called; declare an instance method");

    public static readonly DiagnosticDescriptor TooManyCapabilities = Error(
        "DRV011", "Too many capabilities", "'{0}' takes {1} capabilities, but a message carries {2}: divide the method");

    private static readonly DiagnosticDescriptor[] s_all =
    [
        Parameter, Result, Asynchronous, Generic, ByReference, Property, Event, Base, Inaccessible, StaticAbstract,
        TooManyCapabilities,
    ];

    public static DiagnosticDescriptor ById(string id) => s_all.First(descriptor => descriptor.Id == id);

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "Drover.Rpc", DiagnosticSeverity.Error, isEnabledByDefault: true);
}
