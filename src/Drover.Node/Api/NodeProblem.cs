using System.Net;
using System.Text.Json.Serialization;
using Drover.Node.Operations;

namespace Drover.Node.Api;

/// <summary>An error as it crosses the socket (problem details, RFC 9457, with two members more).</summary>
/// <param name="Title">The code in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What went wrong, and where.</param>
/// <param name="Code">By which a client tells errors apart.</param>
/// <param name="Advice">What to do about it.</param>
internal sealed record NodeProblem(string Title, int Status, string Detail, NodeErrorCode Code, string? Advice)
{
    public const string ContentType = "application/problem+json";

    public static NodeProblem From(NodeOperationException error) =>
        new(error.Code.ToString(), (int)StatusOf(error.Code), error.Message, error.Code, error.Advice);

    public NodeOperationException ToException() => new(Code, Detail, Advice);

    private static HttpStatusCode StatusOf(NodeErrorCode code) => code switch
    {
        NodeErrorCode.InvalidRequest => HttpStatusCode.BadRequest,
        NodeErrorCode.NotPermitted => HttpStatusCode.Forbidden,
        NodeErrorCode.NoSuchComponent or NodeErrorCode.NoSuchImage or NodeErrorCode.NoSuchSnapshot => HttpStatusCode.NotFound,
        NodeErrorCode.ComponentEnded or NodeErrorCode.NameTaken or NodeErrorCode.SocketInUse
            or NodeErrorCode.ImageDirectory or NodeErrorCode.TooManySnapshots or NodeErrorCode.NotCheckpointable => HttpStatusCode.Conflict,
        NodeErrorCode.NotAProgram or NodeErrorCode.BadImage or NodeErrorCode.MissingResource =>
            HttpStatusCode.UnprocessableEntity,
        NodeErrorCode.NodeNotRunning => HttpStatusCode.ServiceUnavailable,
        _ => HttpStatusCode.InternalServerError,
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NodeProblem))]
internal sealed partial class NodeProblemJson : JsonSerializerContext;
