namespace Drover.Core.Services;

/// <summary>Where lines of components go. Any thread; must not block for long.</summary>
public interface ILogSink
{
    /// <summary>One line without its end, free of control characters.</summary>
    /// <param name="label">Who wrote it.</param>
    /// <param name="line">At most <see cref="LogSession.MaximumLineLength"/> characters.</param>
    void WriteLine(string label, string line);
}
