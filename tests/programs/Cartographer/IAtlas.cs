using Drover.Contracts.Rpc;
using Drover.Contracts.Sessions;

namespace Cartographer;

/// <summary>A component with region maps, as the scenarios ask it to do things.</summary>
[RpcInterface]
public interface IAtlas
{
    /// <summary>Reads every page through every way there is to it, writes through one and reads through the others.</summary>
    string Survey(byte stamp);

    /// <summary>Touches a page of the map whose handler attaches what is missing; gives what was there.</summary>
    byte Touch(uint page);

    /// <summary>Lets a thread wait at a page until <see cref="Settle"/>.</summary>
    void Strand(uint page);

    /// <summary>Attaches what the stranded thread waits for; gives what it read.</summary>
    byte Settle();

    /// <summary>The dataspace of the outer map, to be seen by others.</summary>
    Capability<IDataspace> Outer();

    /// <summary>The dataspace of the map with the fault handler.</summary>
    Capability<IDataspace> Wild();

    /// <summary>Takes the inner map's first attachment away, or puts it back.</summary>
    void ShowMeadow(bool show);

    /// <summary>Gives the memory of the pond back.</summary>
    void DrainPond();
}
