using Drover.Contracts.Sessions;

namespace Drover.Component.Sessions;

/// <summary>Somebody wants a session of a service that this component announced.</summary>
/// <param name="Arguments">The client's; to be understood or refused by <see cref="RefusedException"/> with
/// <see cref="SessionError.InvalidArguments"/>.</param>
/// <param name="Label">Names the client; set by the parent, not by the client.</param>
/// <param name="Donation">Quota that came with it.</param>
public sealed record SessionRequest(string Arguments, string Label, Donation Donation);
