using Drover.Core.Quotas;
using Drover.Core.State;
using Drover.Images;
using Drover.Linux.Native;
using Drover.Linux.Processes;
using Drover.Linux.Tracing;
using Drover.Monitor.Checkpoint;
using Drover.Monitor.Restore;
using Drover.Monitor.Snapshots;
using Drover.Monitor.Tables;
using Drover.Node.Operations;
using Drover.Platform.Faults;

namespace Drover.Node;

/// <summary>Turns what went wrong below into what a person can act on.</summary>
internal static class Failures
{
    /// <summary>True for what only the making of a component finds wrong with an image.</summary>
    public static bool IsOfImage(Exception failure) => failure is TableFormatException or DomainStateException or InvalidProcessStateException;

    /// <param name="directory">Of the image.</param>
    /// <param name="failure">One that <see cref="IsOfImage"/>.</param>
    public static NodeOperationException ExplainImage(string directory, Exception failure) =>
        new(NodeErrorCode.BadImage, $"{directory}: {failure.Message}.", "Take another image of the component.", failure);

    public static NodeOperationException Explain(Exception failure, string name) => failure switch
    {
        NodeOperationException known => known,
        ImageFormatException bad => new(NodeErrorCode.BadImage, bad.Message, "Take another image of the component.", bad),
        ImageStorageException storage => new(NodeErrorCode.ImageDirectory, storage.Message, null, storage),
        RestoreRefusedException refused => new(NodeErrorCode.MissingResource, $"{refused.Message}.", null, refused),
        DomainStateException state => new(NodeErrorCode.BadImage, state.Message, "Take another image of the component.", state),
        CheckpointRefusedException refused => new(NodeErrorCode.NotCheckpointable, refused.Message, "It runs on.", refused),
        TableFormatException tables => new(NodeErrorCode.NotCheckpointable, $"'{name}': {tables.Message}.", "The component or the library it is built with damaged its tables.", tables),
        RollbackFailedException failed => new(NodeErrorCode.Internal, $"{failed.Message}.", "The snapshot is still there: 'drover rollback' tries again.", failed),
        NotKeepableException kept => new(NodeErrorCode.NotCheckpointable, $"'{name}': {kept.Message}", "It runs on.", kept),
        InvalidProcessStateException state => new(NodeErrorCode.BadImage, state.Message, "Take another image of the component.", state),
        ProcessEndedException ended => new(NodeErrorCode.ComponentEnded, $"'{name}' ended meanwhile: {ended.Message}", "See 'drover log' for what it wrote last.", ended),
        ComponentEndedException ended => new(NodeErrorCode.ComponentEnded, $"{ended.Message}, and was not rolled back.", "The snapshot is still there: 'drover rollback' again makes the component of it.", ended),
        NodeQuotaException full => new(NodeErrorCode.MissingResource, $"{full.Message}.", "End another component, or give the node more with --ram.", full),
        InjectedFaultException injected => new(NodeErrorCode.Internal, $"'{name}': {injected.Message}.", "Nothing was done; try again.", injected),
        TimeoutException slow => new(NodeErrorCode.NotCheckpointable, $"'{name}': {slow.Message}", "Try again; it runs on.", slow),
        LinuxException { Errno: 1 or 13 } denied => new(NodeErrorCode.NotPermitted, denied.Message, "Run 'drover doctor' to see what the kernel refuses.", denied),
        LinuxException kernel => new(NodeErrorCode.Internal, $"'{name}': {kernel.Message}", "Run 'drover doctor' to see what the kernel lacks.", kernel),
        IOException file => new(NodeErrorCode.MissingResource, file.Message, null, file),
        UnauthorizedAccessException file => new(NodeErrorCode.NotPermitted, file.Message, null, file),
        _ => new(NodeErrorCode.Internal, $"'{name}': {failure.Message}", null, failure),
    };
}
