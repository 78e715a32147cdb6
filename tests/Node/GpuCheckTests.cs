namespace Infra.Tests.Node;

/// <summary><c>gpu-check</c>: what of the GPUs is not as planned, and whose tools tell.</summary>
public sealed class GpuCheckTests
{
    private const string Next = "\nnext: ";

    [Theory]
    [InlineData("echo '20475, 580.173.02'", 0, "1 x NVIDIA RTX 4000 Ada")]
    [InlineData("echo 'NVIDIA-SMI has failed'; exit 9", 1, "error: nvidia-smi failed: NVIDIA-SMI has failed")]
    [InlineData("true", 1, "error: nvidia-smi failed: no GPU is visible")]
    [InlineData("echo '8192, 580.173.02'", 1, "error: a GPU has 8192 MiB, NVIDIA RTX 4000 Ada has at least")]
    [InlineData("echo '20475, 570.211.01'", 1, "error: driver 570.211.01 is older than 580.65.06")]
    public async Task Gpu_check_reports_what_is_wrong(string nvidiaSmi, int status, string message)
    {
        using var node = new StagedNode();
        node.Stub("nvidia-smi", nvidiaSmi);
        var result = await node.RunAsync("gpu-check", null, ("GPU_WAIT_S", "0"));
        Assert.Equal(status, result.ExitCode);
        Assert.Contains(message, result.All, StringComparison.Ordinal);
        Assert.Equal(status != 0, result.Errors.Contains(Next, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gpu_check_counts_the_gpus()
    {
        using var node = new StagedNode();
        node.Stub("nvidia-smi", "for i in 1 2 3; do echo '143771, 580.173.02'; done");
        var result = await node.RunAsync("gpu-check", null, ("GPU_WAIT_S", "0"), ("GPU_COUNT", "8"));
        Assert.Contains("error: 3 GPUs are visible, 8 x", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("206158430208", 0)]
    [InlineData("17163091968", 1)]
    public async Task Gpu_check_reads_amd_memory_in_bytes(string bytes, int status)
    {
        using var node = new StagedNode();
        node.Stub("rocm-smi", $"printf 'device,VRAM Total Memory (B),VRAM Total Used Memory (B)\\ncard0,{bytes},297000000\\n'");
        var result = await node.RunAsync("gpu-check", null, ("GPU_WAIT_S", "0"), ("GPU_VENDOR", "amd"),
            ("GPU_MEMORY_MIB_MINIMUM", "190000"));
        Assert.True(status == result.ExitCode, result.All);
    }

    [Fact]
    public async Task Gpu_check_names_an_image_without_a_driver()
    {
        using var node = new StagedNode();
        var result = await node.RunAsync("gpu-check", null, ("GPU_VENDOR", "amd"), ("GPU_WAIT_S", "0"));
        Assert.Contains("error: rocm-smi is missing: this image has no amd driver", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gpu_check_reads_the_kernels_files_where_rocm_has_no_tools()
    {
        using var node = new StagedNode();
        node.Write("/sys/class/drm/card1/device/mem_info_vram_total", "206158430208\n");
        var result = await node.RunAsync("gpu-check", null, ("GPU_WAIT_S", "0"), ("GPU_VENDOR", "amd"),
            ("GPU_MEMORY_MIB_MINIMUM", "190000"));
        Assert.True(result.ExitCode == 0, result.All);
        result = await node.RunAsync("gpu-check", null, ("GPU_WAIT_S", "0"), ("GPU_VENDOR", "amd"), ("GPU_COUNT", "8"));
        Assert.Contains("error: 1 GPUs are visible, 8 x", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo \"nvidia-modprobe $*\" >> \"$INFERENCE_ROOT/called\"", 0)]
    [InlineData("exit 1", 1)]
    public async Task Gpu_check_loads_the_module_that_cuda_needs_and_the_engine_may_not_load(string nvidiaModprobe, int status)
    {
        using var node = new StagedNode();
        node.Stub("nvidia-smi", "echo '20475, 580.173.02'");
        node.Stub("nvidia-modprobe", nvidiaModprobe);
        var result = await node.RunAsync("gpu-check", null, ("GPU_WAIT_S", "0"));
        Assert.Equal(status, result.ExitCode);
        Assert.Equal(status == 0, node.Called == "nvidia-modprobe -u -c=0\n");
        Assert.Equal(status != 0, result.Errors.Contains("error: nvidia-modprobe cannot load nvidia-uvm", StringComparison.Ordinal));
    }
}
