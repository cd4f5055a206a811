namespace Drover.Platform.Traps;

/// <summary>Serves the calls that are not Linux's. Called on the process's dispatch thread; must not block.</summary>
public interface IPrivateCallHandler
{
    /// <summary>A private call waits; the answer may come later and from any thread.</summary>
    void Handle(ITrapPort port, in TrappedCall call);

    /// <summary>A thread is about to exit. May be told twice of the same one.</summary>
    void ThreadExits(ITrapPort port, int hostThreadId);
}
