namespace Drover.Cli.Text;

/// <summary>Makes text that a component wrote harmless: a terminal obeys control characters.</summary>
internal static class Printable
{
    /// <summary>The text with each control character but the tab replaced by its picture (U+2400 and following).</summary>
    public static string Of(string text) =>
        text.Any(IsHarmful) ? string.Concat(text.Select(c => IsHarmful(c) ? Picture(c) : c)) : text;

    private static bool IsHarmful(char c) => char.IsControl(c) && c != '\t';

    private static char Picture(char c) => c switch
    {
        < ' ' => (char)(0x2400 + c),
        '\x7f' => '\x2421',
        _ => '\xfffd',
    };
}
