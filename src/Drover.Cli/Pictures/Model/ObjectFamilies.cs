namespace Drover.Cli.Pictures.Model;

/// <summary>Which family a kind belongs to, and what a family is called.</summary>
internal static class ObjectFamilies
{
    /// <param name="kind">As in an inspect report; one that is not known here is "other".</param>
    public static ObjectFamily Of(string kind) => kind switch
    {
        "Gate" => ObjectFamily.Gate,
        "Parent" or "PD" or "CPU" or "RM" or "ROM" or "LOG" or "Timer" => ObjectFamily.CoreSession,
        "Session" => ObjectFamily.ForeignSession,
        "Dataspace" or "RegionMap" => ObjectFamily.Memory,
        "SignalSource" or "SignalContext" => ObjectFamily.Signal,
        VoidKind => ObjectFamily.Void,
        _ => ObjectFamily.Other,
    };

    public static string Title(ObjectFamily family) => family switch
    {
        ObjectFamily.Gate => "own RPC objects (gates)",
        ObjectFamily.CoreSession => "parent and sessions of core",
        ObjectFamily.ForeignSession => "sessions of other components",
        ObjectFamily.Memory => "dataspaces and region maps",
        ObjectFamily.Signal => "signal sources and contexts",
        ObjectFamily.Other => "threads and others",
        _ => "void: the object is gone",
    };

    /// <summary>The kind that a report gives to an object that is gone.</summary>
    public const string VoidKind = "Revoked";
}
