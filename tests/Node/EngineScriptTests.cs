using System.Text.RegularExpressions;

namespace Infra.Tests.Node;

/// <summary><c>engine-container</c>, <c>engine-venv</c> and <c>serve</c>: how the engine comes, and what it is given.</summary>
public sealed partial class EngineScriptTests
{
    // podman 4.9.3 whose runs succeed unless the test says otherwise; nothing of this machine's GPUs is looked for.
    private const string Podman = "[[ $1 != --version ]] || { echo podman version 4.9.3; exit; }; ";

    [Theory]
    [InlineData("echo podman version 3.4.4", "podman 3.4.4 is older than 4.1")]
    [InlineData(Podman + "echo 'Error: no space left on device' >&2; exit 125", "could not be pulled: Error: no space left on device")]
    [InlineData(Podman + "[[ $1 == image || $* == *vllm-proof* ]] || exit 1", "cannot import the Pixtral classes")]
    [InlineData(Podman + "[[ $1 == image ]] || { echo 'Error: crun: create keyring: Permission denied' >&2; exit 126; }",
        "the engine's container cannot use the GPUs: Error: crun: create keyring: Permission denied\nnext: ")]
    [InlineData(Podman + "[[ $1 == image ]] || { echo 'libcuda.so.1 sees 3 of 8 GPUs' >&2; exit 1; }",
        "the engine's container cannot use the GPUs: libcuda.so.1 sees 3 of 8 GPUs\nnext: ")]
    public async Task Engine_container_reports_what_is_wrong(string podman, string message)
    {
        using var node = WithToolkit(podman);
        var result = await node.RunAsync("engine-container", null, ("RETRY_S", "0"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Error: copying system image: fetching blob: StatusCode: 403, AccessDenied", 1, 0)]
    [InlineData("Error: initializing source: Requesting bearer token: invalid status code from registry 500", 3, 0)]
    [InlineData(
        "Error: initializing source docker://x: reading manifest: unauthorized: access to the requested resource is not authorized", 1, 0)]
    [InlineData(
        "Error: initializing source docker://x: reading manifest: unauthorized: access to the requested resource is not authorized", 2, 1)]
    [InlineData("Error: initializing source docker://x: reading manifest sha256:0 in x: manifest unknown", 1, 1)]
    [InlineData("Error: writing blob: no space left on device", 1, 1)]
    public async Task A_registry_that_refuses_for_a_moment_is_asked_again(string words, int times, int status)
    {
        using var node = WithToolkit(Podman
            + "[[ $* != 'image exists'* ]] || exit 1; [[ $1 == pull ]] || exit 0; echo >> \"$INFERENCE_ROOT/pulls\"; (($(wc -l "
            + $"< \"$INFERENCE_ROOT/pulls\") > {times})) || {{ echo '{words}' >&2; exit 125; }}");
        var result = await node.RunAsync("engine-container", null, ("RETRY_S", "30"));
        Assert.True(status == result.ExitCode, result.All);
    }

    [Fact]
    public async Task A_specification_that_podman_cannot_read_is_reported_in_podmans_words()
    {
        // Both lines are of podman 4.3.1 (Debian 12), which was given a specification of CDI 0.7.0.
        using var node = WithToolkit(Podman + """
            [[ $1 == image ]] && exit
            [[ $1 != --log-level=debug ]] || printf '%s\n' 'time="2026-11-29T12:26:57Z" level=debug msg="The following error was triggered when refreshing the CDI registry: 2 errors occurred:\n\t* failed to load CDI Spec: failed to parse CDI Spec \"/var/run/cdi/inference.yaml\": failed to unmarshal CDI Spec: error unmarshaling JSON: while decoding JSON: json: unknown field \"additionalGids\"\n\t* failed to load CDI Spec: failed to parse CDI Spec \"/var/run/cdi/nvidia.yaml\": something else\n\n"'
            echo 'Error: setting up CDI devices: unresolvable CDI devices inference.local/gpu=all' >&2; exit 126
            """);
        var result = await node.RunAsync("engine-container", null, ("RETRY_S", "0"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            "unresolvable CDI devices inference.local/gpu=all; podman 4.9.3 cannot parse CDI Spec "
                + "\"/var/run/cdi/inference.yaml\": failed to unmarshal CDI Spec: error unmarshaling JSON: while decoding JSON: "
                + "json: unknown field \"additionalGids\"\nnext: ",
            result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("something else", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gpus_whose_switches_are_not_set_up_yet_are_asked_again()
    {
        using var node = WithToolkit(Podman
            + "[[ $* == *vllm-proof* && ! -e $INFERENCE_ROOT/once ]] || exit 0; touch \"$INFERENCE_ROOT/once\"; exit 75");
        Assert.Equal(0, (await node.RunAsync("engine-container")).ExitCode);
    }

    [Fact]
    public async Task Engine_container_pulls_nothing_that_is_here_and_proves_the_gpus_after_every_boot()
    {
        using var node = WithToolkit(
            "echo \"podman $1\" >> \"$INFERENCE_ROOT/called\"; [[ $1 != --version ]] || echo podman version 4.9.3");
        Assert.Equal(0, (await node.RunAsync("engine-container")).ExitCode);
        var first = node.Called;
        Assert.Equal(0, (await node.RunAsync("engine-container")).ExitCode);
        Assert.Equal("podman --version\npodman image\npodman run\npodman run\n", first);
        Assert.Equal("podman --version\npodman image\npodman run\n", node.Called[first.Length..]);
    }

    [Theory]
    [InlineData("nvidia")]
    [InlineData("amd")]
    public async Task The_check_of_gpu_access_has_all_that_the_engine_has_but_its_folders(string vendor)
    {
        using var node = WithToolkit(Podman + "[[ $1 == image ]] || printf '%s\\n' \"$@\" > \"$INFERENCE_ROOT/called.$5\"");
        Complete(node);
        Assert.Equal(0, (await node.RunAsync("engine-container", null, ("GPU_VENDOR", vendor), ("MODEL_FORMAT", "hf"))).ExitCode);
        Assert.Equal(0, (await node.RunAsync("serve", ["container"], null, ("GPU_VENDOR", vendor))).ExitCode);
        // podman run --rm --replace --name NAME --pull never ...: what comes before the first option that only one of them has.
        string[] Walls(string text, string end) => [.. text.Split('\n').Skip(5).TakeWhile(word => word != end)];
        var engine = Walls(node.Read("/called.vllm"), "--pidfile");
        Assert.Contains("--cgroups=split", engine);
        Assert.Equal(engine, Walls(node.Read("/called.vllm-proof"), "--env"));
    }

    [Fact]
    public async Task The_specification_is_of_a_vendor_of_our_own_without_what_older_podmans_refuse()
    {
        using var node = WithToolkit("echo \"$*\"");
        Complete(node);
        node.Stub("nvidia-ctk", "echo \"$NVIDIA_CTK_CDI_GENERATE_FEATURE_FLAGS $*\" >> \"$INFERENCE_ROOT/called\"");
        node.Write("/run/cdi/nvidia.yaml", "of another unit");
        var result = await node.RunAsync("serve", ["container"], null);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(
            "no-additional-gids-for-device-nodes --quiet cdi generate --vendor=inference.local --class=gpu "
                + $"--output={node.At("/run/cdi/inference.yaml")}\n",
            node.Called);
        Assert.Equal("of another unit", node.Read("/run/cdi/nvidia.yaml"));
    }

    [Theory]
    [InlineData("echo 'level=error msg=\"failed to generate CDI spec: no NVIDIA device was found\"' >&2; exit 1",
        "nvidia-ctk cannot describe the GPUs: level=error msg=\"failed to generate CDI spec: no NVIDIA device was found\"")]
    [InlineData(null, "nvidia-ctk cannot describe the GPUs: ")]
    public async Task A_toolkit_that_fails_or_is_missing_is_reported_in_its_words(string? toolkit, string message)
    {
        using var node = WithToolkit(Podman);
        node.Stub("nvidia-ctk", toolkit ?? "exec /does/not/exist/nvidia-ctk");
        var result = await node.RunAsync("engine-container");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Contains("next: use the AI/ML-ready image", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_engine_is_stopped_by_a_signal_of_our_own()
    {
        using var node = new StagedNode();
        node.Stub("victim", """
            exec 2> /dev/null
            /bin/sleep 60 & engine=$!
            /bin/sleep 60 & other=$!
            trap 'kill $engine $other' EXIT
            mkdir -p "$INFERENCE_ROOT/proc/$engine" "$INFERENCE_ROOT/proc/$other" "$INFERENCE_ROOT/run/inference"
            echo 0::/system.slice/inference-vllm-container.service/libpod-payload-1 > "$INFERENCE_ROOT/proc/$engine/cgroup"
            echo 0::/system.slice/cron.service > "$INFERENCE_ROOT/proc/$other/cgroup"
            "$1" && echo none
            echo $other > "$INFERENCE_ROOT/run/inference/vllm.pid"; "$1" && kill -0 $other && echo spared
            echo $engine > "$INFERENCE_ROOT/run/inference/vllm.pid"; "$1"; wait $engine; echo $?
            """);
        var result = await node.RunAsync("stop-engine", script => [node.At("/stubs/victim"), script]);
        Assert.Equal("none\nspared\n143\n", result.Output);
    }

    [Fact]
    public async Task Wheels_that_are_here_are_not_fetched_again_while_their_check_waits()
    {
        using var node = new StagedNode();
        // Python for all: makes its own venv, and writes down what it is asked for there.
        node.Stub("python3",
            "[[ $2 != venv ]] || { mkdir -p \"$3/bin\"; cp \"$0\" \"$3/bin/python3\"; exit; }; echo \"$*\" >> \"$INFERENCE_ROOT/called\"");
        Directory.CreateDirectory(node.At("/state"));
        foreach (var step in (string[])["install", "install", "prove", "prove", "install"])
        {
            var result = await node.RunAsync("engine-venv", [step], null, ("STATE_DIRECTORY", node.At("/state")),
                ("ENGINE_INSTALL", "venv"), ("ENGINE_RESOLVED_BEFORE", ""), ("ENGINE_REQUIREMENTS", "vllm==0.31.0"));
            Assert.True(result.ExitCode == 0, result.All);
        }

        Assert.Equal(
            "-m pip --quiet install vllm==0.31.0\n-c from vllm.model_executor.models.pixtral import PixtralForConditionalGeneration\n",
            node.Called);
    }

    [Theory]
    [InlineData("nvidia", "--device inference.local/gpu=all", false)]
    [InlineData("amd", "--device /dev/kfd --device /dev/dri --group-add 109 --group-add 44", true)]
    public async Task The_container_is_given_nothing_but_gpus_weights_and_socket(string vendor, string devices, bool readOnly)
    {
        using var node = WithToolkit("echo \"$*\"");
        Complete(node);
        // The groups of device nodes that not everyone may open.
        node.Stub("find", "printf '109\\n44\\n109\\n'");
        var result = await node.RunAsync("serve", ["container"], null, ("GPU_VENDOR", vendor));
        Assert.True(result.ExitCode == 0, result.All);
        foreach (var word in (string[])["--network none", "--user 2000:0", "--cap-drop all", "--security-opt no-new-privileges",
            "--pull never", "--ulimit core=0:0",
            "/srv/inference/models/current:ro", "--env=HF_HUB_OFFLINE=1", "--env=VLLM_MAX_N_SEQUENCES=4",
            "--env=VLLM_MAX_COMPLETION_PROMPTS=4", "--env=NCCL_SOCKET_IFNAME=lo", "--env=VLLM_HOST_IP=127.0.0.1", "--shm-size 64m", devices,
            "vllm serve \"$@\" /var/lib/inference/compiled/home /srv/inference/models/current --tokenizer-mode mistral"])
        {
            Assert.Contains(word, result.Output, StringComparison.Ordinal);
        }

        // NVIDIA's hooks need a root that they can write; /dev/shm has to be writable for both.
        Assert.Equal(readOnly, result.Output.Contains("--read-only ", StringComparison.Ordinal));
        Assert.DoesNotContain("--read-only-tmpfs", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("privileged ", result.Output.Replace("no-new-privileges", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Split("--volume").Length - 1);
        Assert.DoesNotContain("secrets", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_does_not_start_on_half_the_weights()
    {
        using var node = new StagedNode();
        var result = await node.RunAsync("serve", ["container"], null);
        Assert.Contains("error: no complete weights", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_is_not_given_a_folder_outside_of_the_models()
    {
        using var node = new StagedNode();
        node.Write("/etc/elsewhere/complete.json", "{}");
        Directory.CreateDirectory(node.At("/srv/inference/models"));
        File.CreateSymbolicLink(node.At("/srv/inference/models/current"), "../../../etc/elsewhere");
        var result = await node.RunAsync("serve", ["container"], null);
        Assert.Contains("error: no complete weights", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("container")]
    [InlineData("venv")]
    public async Task Nothing_that_an_engine_writes_is_there_for_the_next_one(string install)
    {
        using var node = WithToolkit("echo \"$*\"");
        Complete(node);
        // Output from before the first client is kept and can be read through the engine.
        Directory.CreateDirectory(node.At("/var/lib/inference/compiled/home"));
        node.Stub("env", "echo \"$*\"");
        var result = await node.RunAsync("serve", [install], null);
        Assert.True(result.ExitCode == 0, result.All);
        var words = result.Output.Replace("--env=", "", StringComparison.Ordinal).Split(' ');
        Assert.Contains("HOME=/tmp/home", words);
        Assert.Contains("PYTHONNOUSERSITE=1", words);
        Assert.All(words.Where(word => Writes().IsMatch(word)), word => Assert.Matches("=/tmp/home", word));
        Assert.Equal(
            install == "container" ? [node.At("/run/inference/engine") + ":/run/inference/engine:rw"] : [],
            words.Where(word => word.EndsWith(":rw", StringComparison.Ordinal)));
        Assert.Equal(install == "container",
            words.Contains(node.At("/var/lib/inference/compiled/home") + ":/var/lib/inference/compiled/home:ro"));
    }

    [Fact]
    public async Task An_engine_begins_with_its_own_copy_of_what_is_kept_and_becomes_vllm()
    {
        using var node = WithToolkit("echo \"$*\"");
        Complete(node);
        node.Write("/var/lib/inference/compiled/home/vllm/graph.so", "compiled");
        // The machine's own, with another home.
        node.Stub("env", "while [[ $1 != sh ]]; do shift; done; HOME=$INFERENCE_ROOT/private exec \"$@\"");
        node.Stub("vllm", "echo \"vllm $*\"");
        var result = await node.RunAsync("serve", ["venv"], null);
        Assert.StartsWith($"vllm serve {node.At("/srv/inference/models/current")} --tokenizer-mode mistral", result.Output,
            StringComparison.Ordinal);
        Assert.Equal("compiled", node.Read("/private/vllm/graph.so"));
    }

    private static StagedNode WithToolkit(string podman)
    {
        var node = new StagedNode();
        node.Stub("podman", podman);
        node.Stub("nvidia-ctk", ":");
        node.Stub("find", ":");
        return node;
    }

    private static void Complete(StagedNode node)
    {
        node.Write("/srv/inference/models/m/r/complete.json", "{}");
        File.CreateSymbolicLink(node.At("/srv/inference/models/current"), "m/r");
    }

    // Variables that name a place where something is written.
    [GeneratedRegex("^([A-Z_]+_)?HOME=|^[A-Z_]+_(DIR|ROOT|BASE|PATH)=")]
    private static partial Regex Writes();
}
