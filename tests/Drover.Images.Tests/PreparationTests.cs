namespace Drover.Images.Tests;

public sealed class PreparationTests
{
    [Fact]
    public void Preparing_goes_through_encoding_decoding_and_all_checks_without_objection() => ImageFormat.Prepare();
}
