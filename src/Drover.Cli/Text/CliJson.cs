using System.Text.Json.Serialization;
using Drover.Node.Diagnosis;
using Drover.Node.Operations;

namespace Drover.Cli.Text;

/// <summary>What `drover node --json` prints when it is ready.</summary>
internal sealed record NodeReady(string Name, int ProcessId, string Socket);

/// <summary>What `drover run --json` prints.</summary>
/// <param name="Exit">Null if the component was left running on its node.</param>
internal sealed record RunOutcome(string Node, ComponentInfo Component, ComponentExit? Exit);

/// <summary>A line of `drover ps --json`.</summary>
internal sealed record ListedComponent(string Node, ComponentInfo Component);

/// <summary>What `drover stop --json` prints.</summary>
internal sealed record StopOutcome(string Node, string Name, ComponentExit Exit);

/// <summary>A line of `drover snapshots --json`.</summary>
internal sealed record ListedSnapshot(string Node, SnapshotInfo Snapshot);

/// <summary>What `drover snapshot --drop --json` prints.</summary>
internal sealed record DroppedSnapshot(string Node, string Dropped);

/// <summary>What `drover inspect BEFORE AFTER --json` prints.</summary>
internal sealed record InspectComparison(InspectReport Before, InspectReport After);

/// <summary>What `drover inspect DIR --json` prints of the image of a group.</summary>
internal sealed record InspectGroup(IReadOnlyList<InspectReport> Members);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeReady))]
[JsonSerializable(typeof(RunOutcome))]
[JsonSerializable(typeof(IReadOnlyList<ListedComponent>))]
[JsonSerializable(typeof(IReadOnlyList<ListedSnapshot>))]
[JsonSerializable(typeof(DroppedSnapshot))]
[JsonSerializable(typeof(StopOutcome))]
[JsonSerializable(typeof(Demo.DemoReport))]
[JsonSerializable(typeof(MachineReport))]
[JsonSerializable(typeof(InspectComparison))]
[JsonSerializable(typeof(InspectGroup))]
internal sealed partial class CliJson : JsonSerializerContext;
