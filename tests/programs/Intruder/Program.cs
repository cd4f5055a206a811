using Intruder;

// A component that tries what a component may not do. Its output says how far it came.
return args switch
{
    ["files"] => Files.Try(),
    ["calls"] => Calls.TryAll(),
    ["memory-map"] => Maps.TryAll(),
    ["stub"] => Jumps.IntoStub(),
    ["int80"] => Jumps.OldInterface(),
    ["x32"] => Jumps.OtherNumbers(),
    ["unhandled"] => throw new InvalidOperationException("nobody catches this"),
    ["memory-bomb"] => Bombs.Memory(hidden: false),
    ["hidden-memory-bomb"] => Bombs.Memory(hidden: true),
    ["file-bomb"] => Bombs.Files(),
    ["thread-bomb"] => Bombs.Threads(),
    ["work"] => Work.Do(),
    ["hail"] => Hail.OpenUnderSignals(),
    ["private"] => Work.CallPrivately(),
    ["privates", var count] => Work.CallPrivately(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture)),
    ["copies"] => Work.WriteThroughCopies(),
    [var status] => int.Parse(status, System.Globalization.CultureInfo.InvariantCulture),
    _ => 0,
};
