using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

/// <summary>Service "LOG": lines of text. The arguments of the session are a prefix for each line.</summary>
[RpcInterface]
public interface ILogSession
{
    /// <summary>Writes text; core splits it into lines.</summary>
    void Write(string text);
}
