namespace Infra.Tests.Node;

/// <summary><c>gpu-proof</c> and <c>engine-gpus</c>: whether a user may use the planned GPUs, and the message if not.</summary>
public sealed class GpuProofTests
{
    private const string Nvidia = "nvidia0 nvidia1 nvidiactl nvidia-uvm";
    private const string Amd = "kfd dri/card0 dri/renderD128 dri/renderD129";

    // In the place of ctypes.CDLL: the vendor's library as the test wants it.
    private const string NoLibrary =
        "def library(name): raise OSError(name + ': cannot open shared object file: No such file or directory')";

    [Theory]
    [InlineData("nvidia", Nvidia, "echo 'GPU 0: NVIDIA H100 (UUID: GPU-0)'; echo 'GPU 1: NVIDIA H100 (UUID: GPU-1)'", 0,
        "can use 2 GPUs: nvidia-smi")]
    [InlineData("nvidia", Nvidia, "echo 'GPU 0: NVIDIA H100 (UUID: GPU-0)'", 1, "nvidia-smi sees 1 of 2 GPUs")]
    [InlineData("nvidia", Nvidia, "echo 'No devices found.'", 1, "nvidia-smi sees 0 of 2 GPUs")]
    [InlineData("nvidia", Nvidia, "echo 'Failed to initialize NVML: Insufficient Permissions'; exit 4", 1,
        "nvidia-smi failed: Failed to initialize NVML: Insufficient Permissions")]
    [InlineData("nvidia", "nvidia0 nvidia1 nvidiactl", "exit 0", 1, "/dev/nvidia-uvm does not exist")]
    [InlineData("nvidia", "nvidiactl nvidia-uvm", "exit 0", 1, "/dev/nvidia[0-9]* does not exist")]
    [InlineData("amd", Amd, "exit 1", 0, "can use 2 GPUs: /dev/dri")]
    [InlineData("amd", "kfd dri/renderD128", "exit 1", 1, "/dev/dri sees 1 of 2 GPUs")]
    [InlineData("amd", "dri/renderD128 dri/renderD129", "exit 1", 1, "/dev/kfd does not exist")]
    public async Task Nodes_and_tool_are_asked_where_there_is_no_library(
        string vendor, string nodes, string nvidiaSmi, int status, string message)
    {
        var result = await ProveAsync(vendor, nodes, NoLibrary, nvidiaSmi);
        Assert.True(status == result.ExitCode, result.All);
        Assert.Contains(message + "\n", result.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nvidia", Nvidia, 0, 2, 0, "can use 2 GPUs: libcuda.so.1")]
    [InlineData("nvidia", Nvidia, 0, 1, 1, "libcuda.so.1 sees 1 of 2 GPUs")]
    [InlineData("nvidia", Nvidia, 100, 0, 1, "libcuda.so.1 returns error 100")]
    [InlineData("nvidia", Nvidia, 802, 0, 75, "libcuda.so.1 returns error 802: system not yet initialized")]
    [InlineData("amd", Amd, 0, 2, 0, "can use 2 GPUs: libamdhip64.so")]
    [InlineData("amd", Amd, 0, 1, 1, "libamdhip64.so sees 1 of 2 GPUs")]
    public async Task The_vendors_library_counts_what_can_really_be_used(
        string vendor, string nodes, int error, int count, int status, string message)
    {
        var result = await ProveAsync(vendor, nodes, $$"""
            class library:
                def __init__(self, name): pass
                def cuInit(self, flags): return {{error}}
                def cuDeviceGetCount(self, number): number._obj.value = {{count}}; return 0
                hipGetDeviceCount = cuDeviceGetCount
            """, "exit 9");
        Assert.True(status == result.ExitCode, result.All);
        Assert.Contains(message + "\n", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_that_fails_to_load_is_not_reported_as_missing()
    {
        var result = await ProveAsync("nvidia", Nvidia,
            "def library(name): raise OSError('libother.so.1: cannot open shared object file: No such file or directory')", "exit 0");
        Assert.Equal((1, "libcuda.so.1 cannot be loaded: libother.so.1: cannot open shared object file: No such file or directory\n"),
            (result.ExitCode, result.Errors));
    }

    [Fact]
    public async Task A_node_that_the_user_may_not_open_is_named_with_the_user()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Another account needs a machine with several: run it as root.");
        var result = await ProveAsync("nvidia", Nvidia, NoLibrary, "exit 0",
            "chmod 0660 /dev/nvidia1; exec setpriv --reuid 2000 --regid 2000 --clear-groups");
        Assert.Equal((1, "user 2000 cannot open /dev/nvidia1: Permission denied\n"), (result.ExitCode, result.Errors));
    }

    [Fact]
    public async Task The_engine_of_wheels_ends_with_the_last_words_of_its_check()
    {
        using var node = new StagedNode();
        node.Write("/usr/local/libexec/inference/gpu-proof",
            "#!/bin/bash\necho of no interest >&2\necho \"user 2000 cannot open /dev/kfd, $*\" >&2\nexit 1\n",
            (UnixFileMode)Convert.ToInt32("755", 8));
        var result = await node.RunAsync("engine-gpus");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: the engine's user cannot use the GPUs: user 2000 cannot open /dev/kfd, nvidia 1\nnext: check the owners",
            result.Errors, StringComparison.Ordinal);
    }

    // /dev is a folder of plain files here, which can be opened and forbidden as nodes can.
    private static async Task<ToolResult> ProveAsync(string vendor, string nodes, string library, string nvidiaSmi, string last = "exec")
    {
        using var node = new StagedNode();
        node.Stub("nvidia-smi", nvidiaSmi);
        node.Write("/before", $"import ctypes, sys\n{library}\nctypes.CDLL = library\nexec(sys.stdin.read())\n");
        File.SetUnixFileMode(node.Root, (UnixFileMode)Convert.ToInt32("755", 8));
        return await node.RunAsync("gpu-proof", proof => ["unshare", .. Tool.OwnNamespace(), "bash", "-c",
            $"exec < \"$0\"; mount -t tmpfs -o mode=0755 tmpfs /dev; mkdir /dev/dri; for name in {nodes}; do touch /dev/$name; "
                + $"chmod 0666 /dev/$name; done; {last} /usr/bin/python3 \"$INFERENCE_ROOT/before\" {vendor} 2",
            proof]);
    }
}
