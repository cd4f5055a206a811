using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Drover.Rpc.Generator.Tests;

public sealed class DiagnosticTests
{
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Drover.Contracts;
        using Drover.Contracts.Rpc;
        using Drover.Contracts.Sessions;
        public struct WithPointer { public nint Address; }
        public struct Fine { public int A; public byte B; }
        public struct Hidden(DayOfWeek day) { private readonly DayOfWeek _day = day; public DayOfWeek Day() => _day; }
        public interface IPlain { void M(); }

        """;

    [Theory]
    [InlineData("DRV001", "void M(object any);", "Parameter 'any' of 'I.M' has type 'object', which cannot be sent: use an unmanaged value")]
    [InlineData("DRV001", "void M(List<int> list);", "pass bulk data in a dataspace")]
    [InlineData("DRV001", "void M(int[] numbers);", "has type 'int[]'")]
    [InlineData("DRV001", "void M(string? text);", "null cannot be sent; send an empty one, or a bool beside it")]
    [InlineData("DRV001", "void M(int? number);", "has type 'int?'")]
    [InlineData("DRV001", "void M(nint address);", "means nothing in another address space")]
    [InlineData("DRV001", "void M(WithPointer pointer);", "means nothing in another address space")]
    [InlineData("DRV001", "void M(Hidden hidden);", "make the field or property public")]
    [InlineData("DRV002", "Attempt<Hidden, SessionError> M();", "make the field or property public")]
    [InlineData("DRV001", "void M(Span<byte> bytes);", "has type 'Span<byte>'")]
    [InlineData("DRV001", "void M(Attempt<int, SessionError> result);", "an Attempt is what a method gives")]
    [InlineData("DRV001", "void M(IPlain other);", "or Capability<T>")]
    [InlineData("DRV002", "object M();", "'I.M' returns 'object', which cannot be sent")]
    [InlineData("DRV002", "ReadOnlySpan<byte> M();", "byte[]")]
    [InlineData("DRV002", "Attempt<Attempt<int, SessionError>, SessionError> M();", "no Attempts themselves")]
    [InlineData("DRV002", "Attempt<SessionError, SessionError> M();", "of different types")]
    [InlineData("DRV002", "ref int M();", "no common memory")]
    [InlineData("DRV002", "string? M();", "null cannot be sent")]
    [InlineData("DRV003", "Task M();", "return 'void' itself")]
    [InlineData("DRV003", "Task<int> M();", "return 'int' itself")]
    [InlineData("DRV003", "ValueTask<string> M();", "return 'string' itself")]
    [InlineData("DRV003", "IAsyncEnumerable<int> M();", "return 'int' itself")]
    [InlineData("DRV004", "void M<T>(T value) where T : unmanaged;", "'I.M' is generic")]
    [InlineData("DRV005", "void M(ref int number);", "Parameter 'number' of 'I.M' is passed by reference")]
    [InlineData("DRV005", "void M(out int number);", "return what changes")]
    [InlineData("DRV005", "void M(in Fine value);", "pass it by value")]
    [InlineData("DRV006", "int Number { get; }", "'I.Number' is a property")]
    [InlineData("DRV006", "int this[int i] { get; set; }", "declare a method")]
    [InlineData("DRV007", "event Action? Happened;", "take a Capability<ISignalContext>")]
    [InlineData("DRV010", "static abstract void M();", "'I.M' is static and abstract")]
    public void What_cannot_be_marshalled_is_named_with_what_to_do_instead(string id, string member, string expected)
    {
        Compiled compiled = Compiled.Of($"{Usings}[RpcInterface] public interface I\n{{\n    {member}\n}}\n");
        Diagnostic found = Assert.Single(compiled.FromGenerator);
        Assert.Equal(id, found.Id);
        Assert.Equal(DiagnosticSeverity.Error, found.Severity);
        Assert.Contains(expected, found.GetMessage(), StringComparison.Ordinal);
        Assert.Equal(Usings.Count(character => character == '\n') + 2, found.Location.GetLineSpan().StartLinePosition.Line);
    }

    [Theory]
    [InlineData("DRV004", "[RpcInterface] public interface I<T> { void M(); }")]
    [InlineData("DRV008", "[RpcInterface] public interface I : IPlain { void N(); }")]
    [InlineData("DRV009", "public class Outer { [RpcInterface] private interface I { void M(); } }")]
    [InlineData("DRV009", "[RpcInterface] file interface I { void M(); }")]
    public void What_cannot_be_an_RPC_interface_is_said(string id, string source) =>
        Assert.Equal(id, Assert.Single(Compiled.Of(Usings + source).FromGenerator).Id);

    [Fact]
    public void More_capabilities_than_a_message_holds_are_refused()
    {
        string parameters = string.Join(", ", Enumerable.Range(0, 17).Select(i => $"Capability<IObject> c{i}"));
        Compiled compiled = Compiled.Of($"{Usings}[RpcInterface] public interface I {{ void M({parameters}); }}");
        Assert.Equal("DRV011", Assert.Single(compiled.FromGenerator).Id);
    }

    [Fact]
    public void All_faults_of_an_interface_are_shown_at_once()
    {
        Compiled compiled = Compiled.Of(Usings + "[RpcInterface] public interface I { Task M(object a, ref int b); int P { get; } }");
        Assert.Equal(["DRV001", "DRV003", "DRV005", "DRV006"], compiled.FromGenerator.Select(found => found.Id).Order());
    }

    [Theory]
    [InlineData("namespace N { [RpcInterface] internal interface I { void @event(int @class, string __message2); int M(Fine f, DayOfWeek d); } }")]
    [InlineData("[RpcInterface] public interface I { }")]
    [InlineData("public enum None; [RpcInterface] public interface I { void M(None none, ConsoleKey key, AttributeTargets targets); Attempt<DayOfWeek, None> N(); }")]
    [InlineData("public enum Low : long { A = long.MinValue, B = -5, C = -4, D = 3 } public struct S { public bool @class; public Low Low { get; set; } public decimal Money; } [RpcInterface] public interface I { S M(S s); }")]
    [InlineData("public class Outer { [RpcInterface] internal interface I { byte[] M(scoped ReadOnlySpan<byte> b, params byte[] c); } }")]
    [InlineData("[RpcInterface] public interface I { void M(); void M(int overload); static int Helper() => 1; int Twice() => 2; }")]
    [InlineData("[RpcInterface] public interface A { void M(); } [RpcInterface] public interface B : A { new void M(); }")]
    [InlineData("[RpcInterface] public interface A { int M(); } [RpcInterface] public interface B { int M(); } [RpcInterface] public interface C : A, B;")]
    [InlineData("[RpcInterface] public interface I { Attempt<Capability<I>?, SessionError> M(Capability<I>? a, Capability<I> b); Attempt<byte[], SessionError> N(); Attempt<bool, SessionError> O(bool p); Unit P(); }")]
    public void What_is_generated_compiles_without_a_warning(string source)
    {
        Compiled compiled = Compiled.Of(Usings + source);
        Assert.Empty(compiled.FromGenerator);
        Assert.Empty(compiled.FromCompiler);
    }

    [Fact]
    public void An_edit_elsewhere_generates_nothing_anew()
    {
        const string Source = Usings + "[RpcInterface] public interface I { void M(int a); }";
        Compiled compiled = Compiled.Of(Source);
        CSharpCompilation edited = Compiled.Compilation(Source)
            .AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Elsewhere;", new(LanguageVersion.Latest)));
        GeneratorDriverRunResult result = compiled.Driver.RunGenerators(edited).GetRunResult();
        Assert.All(
            result.Results.Single().TrackedOutputSteps.Values.SelectMany(steps => steps).SelectMany(step => step.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }
}
