using System.Text.Json.Serialization;

namespace Drover.Node.Operations;

/// <summary>The JSON form of everything that crosses a node's socket or that a command prints.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NodeInfo))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(ComponentInfo))]
[JsonSerializable(typeof(IReadOnlyList<ComponentInfo>))]
[JsonSerializable(typeof(ComponentExit))]
[JsonSerializable(typeof(CheckpointRequest))]
[JsonSerializable(typeof(CheckpointReport))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(RestoreReport))]
[JsonSerializable(typeof(GroupCheckpointRequest))]
[JsonSerializable(typeof(GroupCheckpointReport))]
[JsonSerializable(typeof(GroupRestoreRequest))]
[JsonSerializable(typeof(GroupRestoreReport))]
[JsonSerializable(typeof(SnapshotRequest))]
[JsonSerializable(typeof(SnapshotReport))]
[JsonSerializable(typeof(IReadOnlyList<SnapshotInfo>))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(RollbackReport))]
[JsonSerializable(typeof(CloneRequest))]
[JsonSerializable(typeof(CloneReport))]
[JsonSerializable(typeof(LogEntry))]
[JsonSerializable(typeof(InspectReport))]
[JsonSerializable(typeof(ImageReport))]
[JsonSerializable(typeof(PeriodicReport))]
public sealed partial class NodeJson : JsonSerializerContext;
