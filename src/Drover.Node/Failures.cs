using Drover.Core.State;
using Drover.Images;
using Drover.Linux.Native;

using Drover.Monitor.Checkpoint;
using Drover.Monitor.Restore;
using Drover.Monitor.Tables;
using Drover.Node.Operations;

namespace Drover.Node;

/// <summary>Turns what went wrong below into what a person can act on.</summary>
internal static class Failures
{
    public static NodeOperationException Explain(Exception failure, string name) => failure switch
    {
        NodeOperationException known => known,
        ImageFormatException bad => new(NodeErrorCode.BadImage, bad.Message, "Take another image of the component.", bad),
        ImageStorageException storage => new(NodeErrorCode.ImageDirectory, storage.Message, null, storage),
        RestoreRefusedException refused => new(NodeErrorCode.MissingResource, $"{refused.Message}.", null, refused),
        DomainStateException state => new(NodeErrorCode.BadImage, state.Message, "Take another image of the component.", state),
        CheckpointRefusedException refused => new(NodeErrorCode.NotCheckpointable, refused.Message, "It runs on.", refused),
        TableFormatException tables => new(NodeErrorCode.NotCheckpointable, $"'{name}': {tables.Message}.", "The component or the library it is built with damaged its tables.", tables),
        NotSupportedException kept => new(NodeErrorCode.NotCheckpointable, $"'{name}': {kept.Message}", "It runs on.", kept),
        TimeoutException slow => new(NodeErrorCode.NotCheckpointable, $"'{name}': {slow.Message}", "Try again; it runs on.", slow),
        LinuxException { Errno: 1 or 13 } denied => new(NodeErrorCode.NotPermitted, denied.Message, "Run 'drover doctor' to see what the kernel refuses.", denied),
        LinuxException kernel => new(NodeErrorCode.Internal, $"'{name}': {kernel.Message}", "Run 'drover doctor' to see what the kernel lacks.", kernel),
        IOException file => new(NodeErrorCode.MissingResource, file.Message, null, file),
        UnauthorizedAccessException file => new(NodeErrorCode.NotPermitted, file.Message, null, file),
        _ => new(NodeErrorCode.Internal, $"'{name}': {failure.Message}", null, failure),
    };
}
