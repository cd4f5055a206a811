#pragma warning disable IDE0130 // The compiler looks for it in this namespace.
namespace System.Runtime.CompilerServices;

/// <summary>Lets netstandard2.0 have records.</summary>
internal static class IsExternalInit;
