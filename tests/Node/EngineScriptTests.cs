namespace Infra.Tests.Node;

/// <summary><c>engine-container</c>, <c>engine-venv</c> and <c>serve</c>: how the engine comes, and what it is given.</summary>
public sealed class EngineScriptTests
{
    [Theory]
    [InlineData("echo podman version 3.4.4", "podman 3.4.4 is older than 4.1")]
    [InlineData("[[ $1 != --version ]] || { echo podman version 4.9.3; exit; }; echo 'Error: no space left on device' >&2; exit 125", "could not be pulled: Error: no space left on device")]
    [InlineData("[[ $1 != --version ]] || { echo podman version 4.9.3; exit; }; [[ $1 == image ]] || exit 1", "cannot import the Pixtral classes")]
    public async Task Engine_container_says_what_is_wrong(string podman, string says)
    {
        using var node = new StagedNode();
        node.Stub("podman", podman);
        var result = await node.RunAsync("engine-container", null, ("RETRY_S", "0"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(says, result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Engine_container_pulls_nothing_that_is_here_and_proven()
    {
        using var node = new StagedNode();
        node.Stub("podman", "echo \"podman $1\" >> \"$INFERENCE_ROOT/called\"; [[ $1 != --version ]] || echo podman version 4.9.3");
        Assert.Equal(0, (await node.RunAsync("engine-container")).ExitCode);
        var first = node.Called;
        Assert.Equal(0, (await node.RunAsync("engine-container")).ExitCode);
        Assert.Equal("podman --version\npodman image\npodman run\n", first);
        Assert.Equal("podman --version\npodman image\n", node.Called[first.Length..]);
    }

    [Fact]
    public async Task Wheels_that_are_here_are_not_fetched_again_while_their_proof_waits()
    {
        using var node = new StagedNode();
        // Python for all: makes its own venv, and writes down what it is asked for there.
        node.Stub("python3", "[[ $2 != venv ]] || { mkdir -p \"$3/bin\"; cp \"$0\" \"$3/bin/python3\"; exit; }; echo \"$*\" >> \"$INFERENCE_ROOT/called\"");
        Directory.CreateDirectory(node.At("/state"));
        foreach (var step in (string[])["install", "install", "prove", "prove", "install"])
        {
            var result = await node.RunAsync("engine-venv", [step], null, ("STATE_DIRECTORY", node.At("/state")), ("ENGINE_INSTALL", "venv"), ("ENGINE_RESOLVED_BEFORE", ""), ("ENGINE_REQUIREMENTS", "vllm==0.31.0"));
            Assert.True(result.ExitCode == 0, result.All);
        }

        Assert.Equal("-m pip --quiet install vllm==0.31.0\n-c from vllm.model_executor.models.pixtral import PixtralForConditionalGeneration\n", node.Called);
    }

    [Theory]
    [InlineData("nvidia", "--device nvidia.com/gpu=all", false)]
    [InlineData("amd", "--device /dev/kfd --group-add 109 --device /dev/dri --group-add 109", true)]
    public async Task The_container_is_given_nothing_but_gpus_weights_cache_and_socket(string vendor, string devices, bool readOnly)
    {
        using var node = new StagedNode();
        Complete(node);
        node.Stub("find", "echo /dev/dri/renderD128");
        node.Stub("stat", "echo 109");
        node.Stub("podman", "echo \"$*\"");
        node.Stub("nvidia-ctk", ":");
        node.Stub("mkdir", ":");
        var result = await node.RunAsync("serve", ["container"], null, ("GPU_VENDOR", vendor));
        Assert.True(result.ExitCode == 0, result.All);
        foreach (var word in (string[])["--network none", "--user 2000:0", "--cap-drop all", "--security-opt no-new-privileges", "--pull never", "--ulimit core=0:0",
            "/srv/inference/models/current:ro", "--env=HF_HUB_OFFLINE=1", "--env=VLLM_MAX_N_SEQUENCES=128", "--env=NCCL_SOCKET_IFNAME=lo", "--env=VLLM_HOST_IP=127.0.0.1", "--shm-size 64m", devices,
            "serve /srv/inference/models/current --tokenizer-mode mistral"])
        {
            Assert.Contains(word, result.Output, StringComparison.Ordinal);
        }

        // NVIDIA's hooks need a root that they can write; /dev/shm has to be writable for both.
        Assert.Equal(readOnly, result.Output.Contains("--read-only ", StringComparison.Ordinal));
        Assert.DoesNotContain("--read-only-tmpfs", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("privileged ", result.Output.Replace("no-new-privileges", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(3, result.Output.Split("--volume").Length - 1);
        Assert.DoesNotContain("secrets", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_does_not_start_on_half_the_weights()
    {
        using var node = new StagedNode();
        var result = await node.RunAsync("serve", ["container"], null);
        Assert.Contains("error: there are no complete weights", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_is_not_given_a_folder_outside_of_the_models()
    {
        using var node = new StagedNode();
        node.Write("/etc/elsewhere/complete.json", "{}");
        Directory.CreateDirectory(node.At("/srv/inference/models"));
        File.CreateSymbolicLink(node.At("/srv/inference/models/current"), "../../../etc/elsewhere");
        var result = await node.RunAsync("serve", ["container"], null);
        Assert.Contains("error: there are no complete weights", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_socket_does_not_stop_the_next_engine()
    {
        using var node = new StagedNode();
        Complete(node);
        node.Write("/run/inference/engine/vllm.sock/left", "");
        node.Stub("podman", ":");
        node.Stub("nvidia-ctk", ":");
        node.Stub("mkdir", ":");
        var result = await node.RunAsync("serve", ["container"], null);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.False(Path.Exists(node.At("/run/inference/engine/vllm.sock")));
    }

    private static void Complete(StagedNode node)
    {
        node.Write("/srv/inference/models/m/r/complete.json", "{}");
        File.CreateSymbolicLink(node.At("/srv/inference/models/current"), "m/r");
    }
}
