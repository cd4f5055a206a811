using Drover.Contracts.Sessions;
using Drover.Core.Services;

namespace Drover.Monitor.Interception;

internal sealed class InterceptedLogSession(SessionCreation creation, LogSession inner)
    : InterceptedSession(creation), ILogSession
{
    /// <summary>The beginning of a line whose end has not come.</summary>
    public string PartialLine => inner.PartialLine;

    public void Write(string text) => inner.Write(text);

    protected override void Close() => inner.Flush();
}
