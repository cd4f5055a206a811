using static Drover.Linux.Seccomp.CallNumber;

namespace Drover.Linux.Seccomp;

// Private memory is the component's own affair; what would reach the stub page, survive neither snapshot nor restore,
// or share memory that core does not know of is refused.
internal static partial class CallTable
{
    private const uint PROT_WRITE = 2;
    private const uint MAP_TYPE = 0x0f;
    private const uint MAP_SHARED = 0x01;
    private const uint MAP_PRIVATE = 0x02;
    private const uint MAP_SHARED_VALIDATE = 0x03;
    private const uint MAP_FIXED = 0x10;
    private const uint MAP_ANONYMOUS = 0x20;
    private const uint MAP_GROWSDOWN = 0x100;
    private const uint MAP_HUGETLB = 0x40000;
    private const uint MREMAP_FIXED = 2;

    // MADV_* of linux/mman.h. Missing on purpose: DONTFORK (10) and WIPEONFORK (18) make holes in the snapshot,
    // REMOVE (9) punches them into dataspaces, MERGEABLE (12) is a side channel, GUARD_INSTALL (102) leaves marks that
    // no interface lists.
    private static readonly uint[] AllowedAdvice =
        [0, 1, 2, 3, 4, 8, 11, 14, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25];

    private static void AddMemory(SortedDictionary<int, CallRule> table, uint stubEnd, bool trapsMoves)
    {
        Verdict refused = Verdict.Refuse(EPERM);
        Add(table, Verdict.Native, brk, mincore, mlock, munlock, mlock2);
        table.Add(mmap, CallRule.Else(Verdict.Refuse(EINVAL))
            .If(refused, ArgumentTest.HasAny(3, MAP_FIXED), ArgumentTest.WholeBelow(0, stubEnd))
            .If(refused, ArgumentTest.HasAny(3, MAP_GROWSDOWN | MAP_HUGETLB))
            .If(Verdict.Native, ArgumentTest.MaskedIs(3, MAP_TYPE, MAP_PRIVATE))
            .If(refused, ArgumentTest.HasAny(3, MAP_ANONYMOUS))
            .If(Verdict.Native, ArgumentTest.MaskedIs(3, MAP_TYPE, MAP_SHARED))
            .If(Verdict.Native, ArgumentTest.MaskedIs(3, MAP_TYPE, MAP_SHARED_VALIDATE)));
        // What is still to come from an image comes before it is moved (Drover.Linux.Userfault).
        table.Add(mremap, CallRule.Else(trapsMoves ? Verdict.Trap : Verdict.Native)
            .If(refused, ArgumentTest.WholeBelow(0, stubEnd))
            // An old length of 0 makes a second mapping of a dataspace that nobody knows of.
            .If(Verdict.Refuse(EINVAL), ArgumentTest.WholeBelow(1, 1))
            .If(refused, ArgumentTest.HasAny(3, MREMAP_FIXED), ArgumentTest.WholeBelow(4, stubEnd)));
        // RLIMIT_DATA counts writable memory only: what is made unwritable, pages and all, would count no more. So that
        // is looked at; it is rare.
        table.Add(mprotect, CallRule.Else(Verdict.Trap)
            .If(refused, ArgumentTest.WholeBelow(0, stubEnd))
            .If(Verdict.Native, ArgumentTest.HasAny(2, PROT_WRITE)));
        foreach (int number in (ReadOnlySpan<int>)[munmap, msync])
            table.Add(number, CallRule.Else(Verdict.Native).If(refused, ArgumentTest.WholeBelow(0, stubEnd)));
        table.Add(madvise, CallRule.Else(Verdict.Refuse(EINVAL))
            .If(refused, ArgumentTest.WholeBelow(0, stubEnd))
            .IfOneOf(Verdict.Native, 2, AllowedAdvice));
    }
}
