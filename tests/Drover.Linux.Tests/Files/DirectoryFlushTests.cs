using Drover.Linux.Files;
using Drover.Linux.Native;
using Xunit;

namespace Drover.Linux.Tests.Files;

public sealed class DirectoryFlushTests
{
    [Fact]
    public void Directory_is_flushed_and_a_file_or_nothing_in_its_place_is_named()
    {
        string directory = Directory.CreateTempSubdirectory("drover-flush-").FullName;
        try
        {
            string file = Path.Combine(directory, "file");
            File.WriteAllText(file, "content");
            var flush = new DirectoryFlush();

            flush.Flush(directory);

            Assert.Contains(file, Assert.Throws<LinuxException>(() => flush.Flush(file)).Message, StringComparison.Ordinal);
            Assert.Contains("ENOENT", Assert.Throws<LinuxException>(() => flush.Flush(directory + "/none")).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
