namespace Drover.Component.Kernel;

/// <summary>The kernel does not know the private calls: the program was started as an ordinary one.</summary>
public sealed class NotUnderDroverException()
    : Exception("this program is a Drover component and lives on its capabilities: run me with `drover run PROGRAM`");
