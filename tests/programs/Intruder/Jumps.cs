namespace Intruder;

/// <summary>Ways around the filter; none of them comes back.</summary>
internal static unsafe class Jumps
{
    public static int IntoStub()
    {
        ((delegate* unmanaged<void>)0x10000)();
        return Survived();
    }

    public static int OldInterface()
    {
        // mov eax, 20 (getpid of i386); int 0x80; ret
        byte* code = Linux.ExecutablePage([0xb8, 20, 0, 0, 0, 0xcd, 0x80, 0xc3]);
        ((delegate* unmanaged<int>)code)();
        return Survived();
    }

    public static int OtherNumbers()
    {
        Linux.Call(0x40000000 | 39);
        return Survived();
    }

    private static int Survived()
    {
        Console.WriteLine("survived");
        return 0;
    }
}
