using System.Security.Cryptography;

namespace Drover.Core.Capabilities;

/// <summary>
/// The badges of one node start: the high 32 bits are drawn at random, so that a badge of another node or of an earlier
/// start is noticed; the low 32 bits count and never repeat.
/// </summary>
public sealed class NodeBadges : IBadgeSource
{
    private readonly HashSet<uint> _usedPrefixes = [];
    private uint _prefix;
    private uint _last;

    public NodeBadges()
        : this(DrawPrefix())
    {
    }

    /// <summary>Starts with a given prefix; for tests.</summary>
    public NodeBadges(uint prefix)
    {
        ArgumentOutOfRangeException.ThrowIfZero(prefix);
        _prefix = prefix;
    }

    public Badge Next()
    {
        // A component may make and dissolve gates for days: when the counter is used up, a fresh prefix goes on.
        if (_last == uint.MaxValue)
            TurnPrefix();
        return new Badge(((ulong)_prefix << 32) | ++_last);
    }

    private void TurnPrefix()
    {
        _usedPrefixes.Add(_prefix);
        do
            _prefix = DrawPrefix();
        while (_usedPrefixes.Contains(_prefix));
        _last = 0;
    }

    private static uint DrawPrefix() => (uint)RandomNumberGenerator.GetInt32(1, int.MaxValue);
}
