namespace Drover.Fuzz.Running;

/// <summary>Something that takes what an enemy wrote. One thread uses it.</summary>
internal interface IFuzzTarget : IDisposable
{
    string Name { get; }

    /// <summary>What a person who repeats one case may want to know of it.</summary>
    string Detail { get; }

    /// <summary>Runs one case, which follows from the seed alone as far as it can. Gives in a word how the case ended, for the
    /// statistics; "accepted" if the enemy's input was taken. Whatever is thrown is a finding.</summary>
    string RunCase(Chance chance);
}
