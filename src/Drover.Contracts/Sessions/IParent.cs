using Drover.Contracts.Rpc;

namespace Drover.Contracts.Sessions;

/// <summary>Why a session or announcement was refused.</summary>
public enum SessionError
{
    /// <summary>No such service, and none is expected.</summary>
    NoSuchService = 1,

    /// <summary>The service refused the arguments.</summary>
    InvalidArguments = 2,

    /// <summary>The donated quota does not suffice, or exceeds the component's own.</summary>
    OutOfQuota = 3,

    /// <summary>Policy forbids it.</summary>
    Denied = 4,

    /// <summary>The service ended, withdrew the session, or does not answer.</summary>
    ServiceGone = 5,

    /// <summary>Another component announced that name already.</summary>
    NameTaken = 6,
}

/// <summary>What a component can ask of the one that made it. Well-known selector 1.</summary>
[RpcInterface]
public interface IParent
{
    /// <summary>Opens a session to a service by name ("LOG", "ROM", "Timer", or one that a component announced).</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="arguments">Understood by the service, e.g. the name of a ROM module; at most 1024 bytes.</param>
    /// <param name="donation">Quota that goes to the service for as long as the session lasts: to the component that
    /// serves it, or to core, which keeps it.</param>
    Attempt<Capability<IObject>, SessionError> Session(string service, string arguments, Donation donation);

    /// <summary>Gives a session more quota.</summary>
    Attempt<Unit, SessionError> Upgrade(Capability<IObject> session, Donation donation);

    /// <summary>Closes a session; the donated quota comes back, as far as the service has given it up. A session whose
    /// service has ended can be closed too.</summary>
    Attempt<Unit, SessionError> Close(Capability<IObject> session);

    /// <summary>Offers a service; <paramref name="root"/> is asked for each session.</summary>
    Attempt<Unit, SessionError> Announce(string service, Capability<IRoot> root);

    /// <summary>Tells how the component ended; the process ends by itself.</summary>
    void Exit(int status);

    /// <summary>Ends an announcement of this component and all sessions of it, which are not closed through the root any
    /// more; what their clients donated goes back to them as far as it is not in use.</summary>
    Attempt<Unit, SessionError> Withdraw(string service);

    /// <summary>Ends a session that this component serves, as if its client had closed it; the root is not asked. The
    /// object itself is for the component to dissolve.</summary>
    Attempt<Unit, SessionError> Revoke(Capability<IObject> session);
}

/// <summary>Quota that goes with a session.</summary>
/// <param name="RamBytes">Bytes of memory.</param>
/// <param name="Capabilities">Number of capability slots.</param>
public readonly record struct Donation(ulong RamBytes, ulong Capabilities);

/// <summary>An object of whatever interface.</summary>
[RpcInterface]
public interface IObject;

/// <summary>Makes the sessions of a service that a component announced.</summary>
[RpcInterface]
public interface IRoot
{
    /// <summary>Makes a session for the client named <paramref name="label"/>.</summary>
    Attempt<Capability<IObject>, SessionError> Session(string arguments, string label, Donation donation);

    /// <summary>A session was given more quota.</summary>
    void Upgrade(Capability<IObject> session, Donation donation);

    /// <summary>The client closed the session or is gone.</summary>
    void Close(Capability<IObject> session);
}
