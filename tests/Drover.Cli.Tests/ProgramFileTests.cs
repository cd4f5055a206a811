using Drover.Node.Operations;
using Drover.Node.Programs;

namespace Drover.Cli.Tests;

public sealed class ProgramFileTests : IDisposable
{
    private static readonly byte[] Elf = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0];

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void An_assembly_with_its_configuration_is_a_program()
    {
        Write("App.dll", "MZ"u8);
        Write("App.runtimeconfig.json", "{}"u8);
        Assert.Equal(new ProgramFile(_scratch.File("App.dll"), ProgramKind.ManagedAssembly), Find("App.dll"));
    }

    [Fact]
    public void The_executable_that_the_SDK_makes_stands_for_its_assembly()
    {
        Write("App", Elf);
        Write("App.dll", "MZ"u8);
        Write("App.runtimeconfig.json", "{}"u8);
        Assert.Equal(new ProgramFile(_scratch.File("App.dll"), ProgramKind.ManagedAssembly), Find("App"));
    }

    [Fact]
    public void An_ELF_file_without_an_assembly_runs_by_itself()
    {
        Write("native", Elf);
        Assert.Equal(new ProgramFile(_scratch.File("native"), ProgramKind.NativeExecutable), Find("native"));
    }

    [Fact]
    public void A_directory_with_one_program_stands_for_it()
    {
        Write("App.dll", "MZ"u8);
        Write("Library.dll", "MZ"u8);
        Write("App.runtimeconfig.json", "{}"u8);
        Assert.Equal("App", ProgramFile.Find(_scratch.Path).DefaultName);
        Write("Other.runtimeconfig.json", "{}"u8);
        Assert.Contains("more than one", Refusal(_scratch.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Source_code_is_refused_with_the_way_to_a_program()
    {
        Write("App.csproj", "<Project/>"u8);
        Assert.Contains("is source code", Refusal(_scratch.File("App.csproj")), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_short_for_an_ELF_file_is_none()
    {
        Write("stub", Elf.AsSpan(0, 3));
        Assert.Contains("neither", Refusal(_scratch.File("stub")), StringComparison.Ordinal);
    }

    private static string Refusal(string path)
    {
        NodeOperationException e = Assert.Throws<NodeOperationException>(() => ProgramFile.Find(path));
        Assert.Equal(NodeErrorCode.NotAProgram, e.Code);
        Assert.NotNull(e.Advice);
        return e.Message;
    }

    private ProgramFile Find(string name) => ProgramFile.Find(_scratch.File(name));

    private void Write(string name, ReadOnlySpan<byte> content) =>
        File.WriteAllBytes(_scratch.File(name), content.ToArray());
}
