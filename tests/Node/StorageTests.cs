namespace Infra.Tests.Node;

/// <summary><c>storage</c>: which disk weights lie on, and that it is the planned one.</summary>
public sealed class StorageTests
{
    private const string Name = "dev-chat-0-weights";

    [Theory]
    [InlineData("ext4", "resize2fs {0}/dev/sda\n")]
    [InlineData("xfs", "xfs_growfs {0}/srv/inference\n")]
    public async Task A_volume_is_mounted_and_its_file_system_grown_to_its_size(string kind, string grown)
    {
        using var node = WithDisks(mounted: null, kind);
        await RunAsync(node);
        Assert.Equal($"mount {node.At("/dev/sda")}\n{string.Format(null, grown, node.Root)}", node.Called);
    }

    [Fact]
    public async Task A_volume_that_is_mounted_already_is_only_grown()
    {
        using var node = WithDisks(mounted: "/dev/sda");
        node.Write("/sys/class/block/sda/device/rescan", "");
        await RunAsync(node);
        Assert.Equal($"resize2fs {node.At("/dev/sda")}\n", node.Called);
        Assert.Equal("1\n", node.Read("/sys/class/block/sda/device/rescan"));
    }

    [Fact]
    public async Task A_file_system_that_cannot_grow_serves_with_its_old_size()
    {
        using var node = WithDisks(mounted: "/dev/sda");
        node.Stub("resize2fs", "exit 1");
        Assert.Contains("could not be grown", (await RunAsync(node)).Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/vdb")]
    [InlineData("/dev/gone")]
    public async Task Another_disk_in_the_place_of_the_volume_does_not_win_over_it(string mounted)
    {
        using var node = WithDisks(mounted);
        await RunAsync(node);
        Assert.Equal($"umount {node.At("/srv/inference")}\nmount {node.At("/dev/sda")}\nresize2fs {node.At("/dev/sda")}\n", node.Called);
    }

    [Fact]
    public async Task Another_disk_that_is_in_use_is_reported_by_both_names()
    {
        using var node = WithDisks(mounted: "/dev/vdb");
        node.Stub("umount", "echo 'umount: target is busy.' >&2; exit 32");
        var result = await RunAsync(node, status: 1);
        Assert.Contains(
            $"error: {node.At("/dev/vdb")} is mounted at {node.At("/srv/inference")} instead of Volume {Name} "
                + $"({node.At("/dev/sda")}), and in use\nnext: reboot",
            result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/sda", true)]
    [InlineData("/dev/gone", true)]
    [InlineData("/dev/vdb", false)]
    public async Task Without_a_planned_disk_a_volume_is_unmounted_and_a_disk_of_the_image_stays(string mounted, bool givenUp)
    {
        using var node = WithDisks(mounted);
        await RunAsync(node, volume: "");
        Assert.Equal(givenUp ? $"umount {node.At("/srv/inference")}\n" : "", node.Called);
    }

    [Fact]
    public async Task A_volume_that_is_not_attached_is_named_even_while_another_disk_is_mounted()
    {
        using var node = WithDisks(mounted: "/dev/vdb");
        File.Delete(node.At($"/dev/disk/by-id/scsi-0DO_Volume_{Name}"));
        var result = await RunAsync(node, status: 1);
        Assert.Contains($"error: Volume {Name} is not attached\n", result.Errors, StringComparison.Ordinal);
        Assert.Equal("", node.Called);
    }

    private static async Task<ToolResult> RunAsync(StagedNode node, int status = 0, string volume = Name)
    {
        var result = await node.RunAsync("storage", null, ("STORAGE_VOLUME", volume), ("STORAGE_SCRATCH_GB", "0"), ("STORAGE_WAIT_S", "0"));
        Assert.True(result.ExitCode == status, result.All);
        return result;
    }

    private static StagedNode WithDisks(string? mounted, string kind = "ext4")
    {
        var node = new StagedNode();
        node.Write("/dev/sda", "");
        node.Write("/dev/vdb", "");
        Directory.CreateDirectory(node.At("/dev/disk/by-id"));
        File.CreateSymbolicLink(node.At($"/dev/disk/by-id/scsi-0DO_Volume_{Name}"), "../../sda");
        node.Stub("findmnt",
            $"case $* in *FSTYPE*) echo {kind} ;; *) {(mounted is null ? "exit 1" : $"echo \"$INFERENCE_ROOT{mounted}\"")} ;; esac");
        node.Stub("mount", "echo \"mount ${*: -2:1}\" >> \"$INFERENCE_ROOT/called\"");
        foreach (var program in (string[])["umount", "resize2fs", "xfs_growfs"])
        {
            node.Stub(program, $"echo \"{program} $*\" >> \"$INFERENCE_ROOT/called\"");
        }

        // It has a file system: not blank.
        node.Stub("lsblk", "echo sda");
        node.Stub("wipefs", "echo ext4");
        node.Stub("blkid", "echo ext4");
        node.Stub("install", ":");
        return node;
    }
}
