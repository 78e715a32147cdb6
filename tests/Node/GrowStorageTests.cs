namespace Infra.Tests.Node;

/// <summary><c>grow-storage</c>: a Volume that grew under a node that serves.</summary>
public sealed class GrowStorageTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public async Task The_file_system_grows_once_the_kernel_knows_of_the_new_size()
    {
        using var node = Mounted(80 * GiB);
        var result = await node.RunAsync("grow-storage", "80\n");
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal($"grown {node.At("/dev/sda")}\n", node.Read("/grown"));
        Assert.Equal("1\n", node.Read("/sys/class/block/sda/device/rescan"));
        Assert.DoesNotContain("systemctl stop", node.Called, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", node.Called, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_stays_small_is_reported_with_its_size()
    {
        using var node = Mounted(50 * GiB);
        var result = await node.RunAsync("grow-storage", "80");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{50 * GiB} bytes, 80 GiB are planned", result.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(node.At("/grown")));
    }

    [Theory]
    [InlineData("000001ffffffffff", 1, "error: the file system on")]
    [InlineData("000001fffeffffff", 0, "note: no CAP_SYS_RESOURCE here")]
    public async Task A_file_system_that_does_not_grow_is_an_error_where_root_may_do_everything(
        string capabilities, int status, string message)
    {
        using var node = Mounted(80 * GiB);
        node.Stub("resize2fs", "echo 'Permission denied to resize filesystem' >&2; exit 1");
        node.Write("/proc/self/status", $"Name:\tsed\nCapEff:\t{capabilities}\n");
        var result = await node.RunAsync("grow-storage", "80");
        Assert.Equal(status, result.ExitCode);
        Assert.Contains(message, result.All, StringComparison.Ordinal);
        Assert.Contains("keeps its old size", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Volume_that_is_not_mounted_yet_is_left_to_the_mount()
    {
        using var node = Mounted(80 * GiB);
        var result = await node.RunAsync("grow-storage", "80", ("STUB_STATUS", "3"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.False(File.Exists(node.At("/grown")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("80 GiB")]
    [InlineData("a[$(reboot)]")]
    public async Task An_invalid_size_is_refused(string size)
    {
        using var node = Mounted(80 * GiB);
        var result = await node.RunAsync("grow-storage", size);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is not a size in GiB", result.Errors, StringComparison.Ordinal);
        Assert.Equal("", node.Called);
    }

    private static StagedNode Mounted(long bytes)
    {
        var node = new StagedNode();
        var environment = node.Read("/etc/inference/node.env").Split('\n')
            .Select(line => line.StartsWith("STORAGE_VOLUME=", StringComparison.Ordinal) ? "STORAGE_VOLUME=dev-chat-0-weights" : line);
        node.Write("/etc/inference/node.env", string.Join('\n', environment));
        node.Write("/dev/sda", "");
        node.Write("/sys/class/block/sda/device/rescan", "");
        Directory.CreateDirectory(node.At("/dev/disk/by-id"));
        File.CreateSymbolicLink(node.At("/dev/disk/by-id/scsi-0DO_Volume_dev-chat-0-weights"), node.At("/dev/sda"));
        node.Stub("systemctl", "echo \"systemctl $*\" >> \"$INFERENCE_ROOT/called\"\nexit \"${STUB_STATUS:-0}\"");
        node.Stub("blockdev", $"[[ $1 == --getsize64 ]] && echo {bytes.ToString(System.Globalization.CultureInfo.InvariantCulture)}");
        node.Stub("resize2fs", "echo \"grown $1\" > \"$INFERENCE_ROOT/grown\"");
        return node;
    }
}
