using System.Runtime.InteropServices;
using Drover.Images;
using Drover.Platform.State;

namespace Drover.Monitor.Restore;

/// <summary>The files that an image needs, open, each found to be the recorded one: what was checked is what is used. Owns
/// them until they are taken.</summary>
internal sealed class CheckedFiles : IDisposable
{
    private readonly IComponentMachine _machine;
    private readonly Dictionary<FileIdentity, SafeHandle> _files = [];

    /// <exception cref="RestoreRefusedException">A file is missing here or another one.</exception>
    /// <param name="machine">Whose files they are.</param>
    /// <param name="manifest">Names them.</param>
    /// <param name="mappedToo">False to check files that are mapped only when they are taken.</param>
    public CheckedFiles(IComponentMachine machine, ImageManifest manifest, bool mappedToo = true)
    {
        _machine = machine;
        IEnumerable<FileIdentity> used = manifest.Process.Mappings.Where(_ => mappedToo).Select(mapping => mapping.File)
            .Concat(manifest.Process.Descriptors.Select(descriptor => descriptor.File))
            .OfType<FileIdentity>();
        try
        {
            foreach (FileIdentity file in used)
            {
                if (!_files.ContainsKey(file))
                    Checked(() => _files.Add(file, _machine.Open(file)));
            }

            // These are opened by path whenever the component asks for them.
            foreach (FileIdentity rom in manifest.Launch.Roms.Select(rom => rom.File).Distinct())
            {
                if (!_files.ContainsKey(rom))
                    Checked(() => _machine.Check(rom));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The caller owns the result.</summary>
    public SafeHandle Take(FileIdentity file) => _files.Remove(file, out SafeHandle? open) ? open : _machine.Open(file);

    public void Dispose()
    {
        foreach (SafeHandle file in _files.Values)
            file.Dispose();
        _files.Clear();
    }

    private static void Checked(Action look)
    {
        try
        {
            look();
        }
        catch (IOException different)
        {
            throw new RestoreRefusedException(different.Message, different);
        }
    }
}
