using Drover.Contracts;
using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Drover.Component.Tests.Fakes;

[RpcInterface]
public interface IEcho
{
    string Say(string text);

    Capability<IEcho> Give();

    Capability<IEcho>? GiveNothing();

    uint Keep(Capability<IEcho> other);

    string SayThrough(Capability<IEcho> other, string text);

    void Fail(string reason);

    byte[] Bytes(int count);

    Attempt<string, SessionError> Try(bool succeed);
}

/// <summary>Serves <see cref="IEcho"/>.</summary>
internal sealed class Echo(string name) : IEcho
{
    public List<Capability<IEcho>> Kept { get; } = [];

    public Func<Capability<IEcho>>? Gift { get; set; }

    public ManualResetEventSlim? Gate { get; init; }

    public Action? During { get; init; }

    public ManualResetEventSlim Entered { get; } = new();

    public string Say(string text)
    {
        Entered.Set();
        Gate?.Wait();
        During?.Invoke();
        return $"{name}: {text}";
    }

    public Capability<IEcho> Give() => Gift!();

    public Capability<IEcho>? GiveNothing() => null;

    public uint Keep(Capability<IEcho> other)
    {
        Kept.Add(other.Duplicate());
        return (uint)Kept.Count;
    }

    public string SayThrough(Capability<IEcho> other, string text) => $"{name} heard {other.Client.Say(text)}";

    public void Fail(string reason) => throw new InvalidOperationException(reason);

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, (byte)count);
        return bytes;
    }

    public Attempt<string, SessionError> Try(bool succeed) => succeed ? "done" : SessionError.Denied;
}
