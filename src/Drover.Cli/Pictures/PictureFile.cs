using Drover.Cli.Pictures.Drawing;
using Drover.Cli.Pictures.Layout;
using Drover.Cli.Pictures.Model;
using Drover.Node.Operations;

namespace Drover.Cli.Pictures;

/// <summary>Writes a picture into a file: whole, or not at all.</summary>
internal static class PictureFile
{
    /// <summary>Writes the picture. As with any `-o`, a file that is there is replaced.</summary>
    /// <exception cref="NodeOperationException">The file cannot be written; what was there is as it was.</exception>
    public static void Write(PictureModel model, string path)
    {
        try
        {
            if (Directory.Exists(path))
                throw Refused(path, "it is a directory", "Give the name of a file, such as 'picture.svg'.");
            if (IsDevice(path))
                WriteInto(model, path);
            else
                Replace(model, Target(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            string reason = failure switch
            {
                DirectoryNotFoundException => "there is no such directory",
                UnauthorizedAccessException => "you may not write there",
                _ => failure.Message.TrimEnd('.'),
            };
            throw Refused(path, reason, "Name a file in a directory that exists and that you may write to.", failure);
        }
    }

    public static byte[] Bytes(PictureModel model)
    {
        using var content = new MemoryStream();
        SvgDrawing.Write(PictureLayout.Of(model), content);
        return content.ToArray();
    }

    /// <summary>What a link leads to is replaced, not the link.</summary>
    private static string Target(string path) =>
        (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);

    private static void Replace(PictureModel model, string target)
    {
        string unfinished = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetRandomFileName()}.svg");
        try
        {
            WriteInto(model, unfinished);
            if (File.Exists(target))
                File.SetUnixFileMode(unfinished, File.GetUnixFileMode(target));
            File.Move(unfinished, target, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static void WriteInto(PictureModel model, string path) => File.WriteAllBytes(path, Bytes(model));

    /// <summary>A terminal, a pipe or /dev/null cannot be replaced, only written to.</summary>
    private static bool IsDevice(string path) =>
        path.StartsWith("/dev/", StringComparison.Ordinal) && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private static NodeOperationException Refused(string path, string reason, string advice, Exception? cause = null) =>
        new(NodeErrorCode.InvalidRequest, $"The picture cannot be written to '{path}': {reason}.", advice, cause);
}
