using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Drover.Architecture.Tests;

/// <summary>What a compiled assembly says about itself.</summary>
/// <param name="References">Names of the assemblies it uses types of.</param>
/// <param name="NativeImports">Methods that are implemented in a native library.</param>
internal sealed record CompiledAssembly(IReadOnlyList<string> References, IReadOnlyList<string> NativeImports)
{
    public static CompiledAssembly Read(string name)
    {
        using FileStream file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        using var portable = new PEReader(file);
        MetadataReader metadata = portable.GetMetadataReader();
        return new CompiledAssembly(
            [.. metadata.AssemblyReferences.Select(h => metadata.GetString(metadata.GetAssemblyReference(h).Name))],
            [.. metadata.MethodDefinitions
                .Select(metadata.GetMethodDefinition)
                .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
                .Select(method => metadata.GetString(method.Name))]);
    }
}
