using Drover.Contracts.Rpc;
using Drover.Core.Capabilities;

namespace Drover.Core.Ipc;

/// <summary>A gate to an object inside the node, such as a session.</summary>
public sealed class ServiceGate : KernelObject, IServedObject
{
    private readonly IRpcDispatcher _dispatcher;
    private readonly ServiceMode _mode;

    internal ServiceGate(Kernel kernel, Badge badge, IRpcDispatcher dispatcher, ServiceMode mode, string name)
        : base(kernel, null, badge)
    {
        _dispatcher = dispatcher;
        _mode = mode;
        Description = name;
    }

    public override KernelObjectKind Kind => KernelObjectKind.Service;

    public override string Description { get; }

    /// <summary>The object that is called.</summary>
    public object Target => _dispatcher.Target;

    ServiceMode IServedObject.Mode => _mode;

    IRpcDispatcher IServedObject.Dispatcher => _dispatcher;

    /// <summary>Every capability to it is void from now on; a call that is being served completes.</summary>
    public void Dissolve()
    {
        using KernelScope scope = Kernel.Enter();
        IsAlive = false;
    }
}
