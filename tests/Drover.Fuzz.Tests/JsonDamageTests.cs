using Drover.Fuzz.Images;

namespace Drover.Fuzz.Tests;

public sealed class JsonDamageTests
{
    [Fact]
    public void Names_and_texts_that_are_not_UTF8_are_no_JSON_to_change()
    {
        Assert.Null(JsonDamage.TryParse([.. "{\"inner\":{\"na"u8, 0xB6, .. "me\":1}}"u8]));
        Assert.Null(JsonDamage.TryParse([.. "{\"inner\":[\"te"u8, 0xB6, .. "xt\"]}"u8]));
        Assert.NotNull(JsonDamage.TryParse("{\"inner\":[\"text\"]}"u8));
    }
}
