using System.CommandLine;
using System.CommandLine.Parsing;
using Drover.Cli.Text;
using Drover.Node.Operations;

namespace Drover.Cli.Verbs;

/// <summary>The values of `drover run`'s options.</summary>
internal static class RunOptionParsers
{
    public static ulong? Size(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (ByteCount.TryParse(text, out ulong bytes))
            return bytes;
        result.AddError($"'{text}' is no size. Write it like 64M or 1G.");
        return null;
    }

    public static void Validate(Option<int?> caps, Option<string[]> roms, Option<string[]> variables)
    {
        caps.Validators.Add(result =>
        {
            if (result.Errors.Any())
                return;
            if (result.GetValueOrDefault<int?>() is <= 0)
                result.AddError("The capability quota must be at least 1.");
        });
        foreach (Option<string[]> option in (Option<string[]>[])[roms, variables])
        {
            option.Validators.Add(result =>
            {
                foreach (Token token in result.Tokens.Where(token => token.Value.IndexOf('=', StringComparison.Ordinal) < 1))
                    result.AddError($"'{token.Value}' is not of the form {option.HelpName} ({option.Name}).");
            });
        }
    }

    public static Dictionary<string, string> Pairs(IEnumerable<string> pairs)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            result[pair[..equals]] = pair[(equals + 1)..];
        }

        return result;
    }

    /// <summary>The modules with absolute paths: the node has another working directory.</summary>
    public static Dictionary<string, string> Roms(IEnumerable<string> pairs)
    {
        Dictionary<string, string> roms = Pairs(pairs);
        foreach ((string name, string path) in roms)
        {
            string full = Path.GetFullPath(path);
            roms[name] = File.Exists(full)
                ? full
                : throw new NodeOperationException(
                    NodeErrorCode.InvalidRequest, $"There is no file '{full}' for the ROM module '{name}'.");
        }

        return roms;
    }
}
