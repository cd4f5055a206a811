namespace Drover.Images.State;

/// <summary>The image that a delta image continues.</summary>
/// <param name="Path">Of its directory, relative to the delta's: a chain can be moved as a whole.</param>
/// <param name="Id">Its <see cref="ImageManifest.ImageId"/>: what lies at the path must be it, or one merged from a chain that ends
/// with it.</param>
public sealed record ParentImage(string Path, Guid Id);
