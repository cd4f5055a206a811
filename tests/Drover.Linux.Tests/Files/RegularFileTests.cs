using Drover.Linux.Files;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Drover.Linux.Tests.Files;

public sealed class RegularFileTests
{
    [Fact]
    public void A_file_is_opened()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, [1, 2, 3]);
            byte[] content = new byte[4];

            using SafeFileHandle file = RegularFile.OpenRead(path);

            Assert.Equal(3, RandomAccess.Read(file, content, 0));
            Assert.Equal([1, 2, 3, 0], content);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/proc")]
    [InlineData("/no/such/file")]
    public void Anything_else_is_not(string path) => Assert.ThrowsAny<IOException>(() => RegularFile.OpenRead(path));

    [Fact]
    public async Task Nobody_waits_for_who_writes_to_a_fifo()
    {
        string path = Path.Combine(Path.GetTempPath(), $"drover-{Guid.NewGuid():n}");
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", path))
            await made.WaitForExitAsync();
        try
        {
            Assert.True(File.Exists(path));

            Task opening = Task.Run(() => RegularFile.OpenRead(path).Dispose());

            await Assert.ThrowsAnyAsync<IOException>(() => opening.WaitAsync(TimeSpan.FromSeconds(20)));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
