using System.Diagnostics;
using Drover.Component.Kernel;
using Drover.Component.Memory;
using Drover.Contracts.Sessions;

namespace Drover.Component.Tests;

/// <summary>The C compiler's word on the constants, where there is one.</summary>
public sealed class HeaderTests
{
    private const string Compiler = "/usr/bin/cc";

    [Fact]
    public void Constants_are_those_of_the_C_headers()
    {
        if (!File.Exists(Compiler))
            return;
        Dictionary<string, int> constants = new()
        {
            ["PROT_NONE"] = NativeMappings.PROT_NONE,
            ["PROT_READ"] = (int)AttachRights.Read,
            ["PROT_WRITE"] = (int)AttachRights.Write,
            ["MAP_SHARED"] = NativeMappings.MAP_SHARED,
            ["MAP_PRIVATE"] = NativeMappings.MAP_PRIVATE,
            ["MAP_FIXED"] = NativeMappings.MAP_FIXED,
            ["MAP_ANONYMOUS"] = NativeMappings.MAP_ANONYMOUS,
            ["MAP_NORESERVE"] = NativeMappings.MAP_NORESERVE,
            ["EINTR"] = LinuxKernelCalls.EINTR,
            ["ENOSYS"] = LinuxKernelCalls.ENOSYS,
        };
        string program = "#define _GNU_SOURCE\n#include <errno.h>\n#include <sys/mman.h>\n"
            + string.Join('\n', constants.Select(constant => $"_Static_assert({constant.Key} == {constant.Value}, \"{constant.Key}\");"));
        ProcessStartInfo start = new(Compiler, ["-fsyntax-only", "-x", "c", "-"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        using Process compiler = Process.Start(start)!;
        compiler.StandardInput.Write(program);
        compiler.StandardInput.Close();
        string errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.Equal("", errors);
        Assert.Equal(0, compiler.ExitCode);
    }
}
