using Drover.Core.Services;

namespace Drover.Core.Tests.Fakes;

internal sealed class LogLines : ILogSink
{
    public List<(string Label, string Line)> Lines { get; } = [];

    public void WriteLine(string label, string line) => Lines.Add((label, line));
}
