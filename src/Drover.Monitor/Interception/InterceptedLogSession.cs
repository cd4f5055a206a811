using Drover.Contracts.Sessions;

namespace Drover.Monitor.Interception;

internal sealed class InterceptedLogSession(SessionCreation creation, ILogSession inner)
    : InterceptedSession(creation), ILogSession
{
    public void Write(string text) => inner.Write(text);
}
