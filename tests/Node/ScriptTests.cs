using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary>The node's scripts, run: what they refuse, what they say, what they ask of systemd.</summary>
public sealed class ScriptTests
{
    private const string Next = "\nnext: ";

    [Theory]
    [InlineData("echo '20475, 580.173.02'", 0, "1 x NVIDIA RTX 4000 Ada")]
    [InlineData("echo 'NVIDIA-SMI has failed'; exit 9", 1, "error: nvidia-smi fails: NVIDIA-SMI has failed")]
    [InlineData("true", 1, "error: nvidia-smi fails: no GPU is visible")]
    [InlineData("echo '8192, 580.173.02'", 1, "error: a GPU has 8192 MiB where NVIDIA RTX 4000 Ada should have")]
    [InlineData("echo '20475, 570.211.01'", 1, "error: driver 570.211.01 is older than 580.65.06")]
    public async Task Gpu_check_says_what_is_wrong(string nvidiaSmi, int status, string says)
    {
        using var node = new StagedNode();
        node.Stub("nvidia-smi", nvidiaSmi);
        var result = await node.RunAsync("gpu-check", null, ("GPU_PATIENCE_S", "0"));
        Assert.Equal(status, result.ExitCode);
        Assert.Contains(says, result.All, StringComparison.Ordinal);
        Assert.Equal(status != 0, result.Errors.Contains(Next, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gpu_check_counts_the_gpus()
    {
        using var node = new StagedNode();
        node.Stub("nvidia-smi", "for i in 1 2 3; do echo '143771, 580.173.02'; done");
        var result = await node.RunAsync("gpu-check", null, ("GPU_PATIENCE_S", "0"), ("GPU_COUNT", "8"));
        Assert.Contains("error: 3 GPUs are visible where 8 x", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("206158430208", 0)]
    [InlineData("17163091968", 1)]
    public async Task Gpu_check_reads_amd_memory_in_bytes(string bytes, int status)
    {
        using var node = new StagedNode();
        node.Stub("rocm-smi", $"printf 'device,VRAM Total Memory (B),VRAM Total Used Memory (B)\\ncard0,{bytes},297000000\\n'");
        var result = await node.RunAsync("gpu-check", null, ("GPU_PATIENCE_S", "0"), ("GPU_VENDOR", "amd"), ("GPU_MEMORY_MIB_MINIMUM", "190000"));
        Assert.True(status == result.ExitCode, result.All);
    }

    [Fact]
    public async Task Gpu_check_names_an_image_without_a_driver()
    {
        using var node = new StagedNode();
        var result = await node.RunAsync("gpu-check", null, ("GPU_VENDOR", "amd"), ("GPU_PATIENCE_S", "0"));
        Assert.Contains("error: rocm-smi is not there: this image has no amd driver", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fetching", "container", "ii ", "")]
    [InlineData("fetching", "container", "un ", "nftables podman crun netavark")]
    [InlineData("serving", "container", "un ", "nginx")]
    [InlineData("fetching", "venv", "un ", "nftables python3-venv")]
    [InlineData("serving", "venv", "un ", "nginx python3-dev gcc g++ ffmpeg")]
    [InlineData("serving", "venv", "ii ", "")]
    public async Task Packages_are_asked_for_only_when_missing(string stage, string install, string status, string installed)
    {
        using var node = WithApt($"printf '{status}'", "echo \"apt-get $*\" >> \"$INFERENCE_ROOT/called\"");
        var result = await node.RunAsync("packages", [stage], null, ("ENGINE_INSTALL", install));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(installed.Length > 0, node.Called.Contains($"--no-install-recommends install {installed}\n", StringComparison.Ordinal) && node.Called.Contains("DPkg::Lock::Timeout", StringComparison.Ordinal));
        Assert.Equal(installed.Length == 0, node.Called.Length == 0);
    }

    [Fact]
    public async Task Packages_are_listed_once_and_again_only_when_apt_could_not_install_by_that_list()
    {
        using var node = WithApt("exit 1", "echo \"apt-get $*\" >> \"$INFERENCE_ROOT/called\"; [[ $* != *nginx* || -e $INFERENCE_ROOT/mended ]] || { touch \"$INFERENCE_ROOT/mended\"; exit 100; }");
        foreach (var stage in (string[])["fetching", "serving"])
        {
            Assert.Equal(0, (await node.RunAsync("packages", [stage], null, ("RETRY_S", "30"))).ExitCode);
        }

        var words = node.Called.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(call => call.Contains("update", StringComparison.Ordinal) ? "update" : call.Split(' ')[^1]);
        Assert.Equal(["update", "netavark", "nginx", "update", "nginx"], words);
    }

    [Fact]
    public async Task Packages_end_when_the_mirror_stays_away()
    {
        using var node = WithApt("exit 1", "echo 'Unable to fetch some archives' >&2; exit 100");
        var result = await node.RunAsync("packages", ["serving"], null, ("RETRY_S", "1"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: apt could not install nginx", result.Errors, StringComparison.Ordinal);
    }

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
    public async Task Gpu_check_reads_the_kernels_files_where_rocm_has_no_tools()
    {
        using var node = new StagedNode();
        node.Write("/sys/class/drm/card1/device/mem_info_vram_total", "206158430208\n");
        var result = await node.RunAsync("gpu-check", null, ("GPU_PATIENCE_S", "0"), ("GPU_VENDOR", "amd"), ("GPU_MEMORY_MIB_MINIMUM", "190000"));
        Assert.True(result.ExitCode == 0, result.All);
        result = await node.RunAsync("gpu-check", null, ("GPU_PATIENCE_S", "0"), ("GPU_VENDOR", "amd"), ("GPU_COUNT", "8"));
        Assert.Contains("error: 1 GPUs are visible where 8 x", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo \"nvidia-modprobe $*\" >> \"$INFERENCE_ROOT/called\"", 0)]
    [InlineData("exit 1", 1)]
    public async Task Gpu_check_loads_the_module_that_cuda_needs_and_the_engine_may_not_load(string nvidiaModprobe, int status)
    {
        using var node = new StagedNode();
        node.Stub("nvidia-smi", "echo '20475, 580.173.02'");
        node.Stub("nvidia-modprobe", nvidiaModprobe);
        var result = await node.RunAsync("gpu-check", null, ("GPU_PATIENCE_S", "0"));
        Assert.Equal(status, result.ExitCode);
        Assert.Equal(status == 0, node.Called == "nvidia-modprobe -u -c=0\n");
        Assert.Equal(status != 0, result.Errors.Contains("error: nvidia-modprobe cannot load nvidia-uvm", StringComparison.Ordinal));
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

    [Fact]
    public async Task The_first_boot_leaves_no_crash_reports_and_no_second_firewall()
    {
        using var node = new StagedNode();
        node.Stub("id", "echo 2000");
        node.Stub("systemd-sysusers", ":");
        node.Stub("systemd-tmpfiles", ":");
        node.Stub("ufw", "echo \"ufw $*\" >> \"$INFERENCE_ROOT/called\"");
        var result = await node.RunAsync("first-boot");
        Assert.True(result.ExitCode == 0, result.All);
        foreach (var call in (string[])["systemctl mask --quiet --no-reload apport.service\n", "systemctl daemon-reload\n", "systemctl stop apport.service\n", "ufw disable\n"])
        {
            Assert.Contains(call, node.Called, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(node.At("/var/lib/inference/first-boot.done")));
    }

    [Theory]
    [InlineData("FIREWALL_ADMIN_CIDRS", "203.0.113.7/32; flush ruleset")]
    [InlineData("FIREWALL_CLIENT_CIDRS", "10.0.0.0/8 }")]
    public async Task The_firewall_takes_addresses_and_nothing_else(string key, string value)
    {
        using var node = new StagedNode();
        node.Stub("nft", "cat > \"$INFERENCE_ROOT/ruleset\"");
        var result = await node.RunAsync("firewall", null, (key, value));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("where addresses belong", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ruleset_is_accepted_by_nft_with_the_addresses_of_both_families()
    {
        using var node = new StagedNode();
        node.Stub("nft", "cat > \"$INFERENCE_ROOT/ruleset\"");
        Assert.Equal(0, (await node.RunAsync("firewall")).ExitCode);
        Assert.Contains("add element inet inference admins6 { 2001:db8::/64 }", node.Read("/ruleset"), StringComparison.Ordinal);
        var result = await Tool.RunAsync("unshare", [.. Tool.OwnNamespace("--net"), "nft", "--check", "--file", node.At("/ruleset")], null, null);
        Assert.True(result.ExitCode == 0, result.All);
    }

    [Theory]
    [InlineData("start", "", "start", "success")]
    [InlineData("stop", "success", "stop", "success")]
    [InlineData("stop", "exit-code", "failed", "exit-code")]
    public async Task The_ledger_is_one_json_line_per_event(string argument, string serviceResult, string said, string result)
    {
        using var node = new StagedNode();
        await node.RunAsync("ledger", ["weights", argument], null, serviceResult.Length > 0 ? [("SERVICE_RESULT", serviceResult)] : []);
        using var line = JsonDocument.Parse(node.Read("/var/lib/inference/ledger/events.jsonl"));
        Assert.Equal(("weights", said, result), (Text(line, "phase"), Text(line, "event"), Text(line, "result")));
        Assert.True(line.RootElement.GetProperty("monotonicSeconds").GetDouble() > 0);
    }

    [Fact]
    public async Task A_unit_that_was_not_meant_to_run_leaves_no_trace_in_the_ledger()
    {
        using var node = new StagedNode();
        await node.RunAsync("ledger", ["engine", "stop"], null, ("SERVICE_RESULT", "exec-condition"));
        Assert.False(File.Exists(node.At("/var/lib/inference/ledger/events.jsonl")));
    }

    [Theory]
    [InlineData("", "nothing changed")]
    [InlineData("s/--max-num-seqs [0-9]*/--max-num-seqs 7/", "inference-vllm-container.service inference-vllm-venv.service inference-ready.service")]
    [InlineData("s/^FIREWALL_CLIENT_CIDRS=.*/FIREWALL_CLIENT_CIDRS=10.20.0.9/", "systemctl reload-or-restart inference-firewall.service")]
    [InlineData("s/^MODEL_REVISION=.*/MODEL_REVISION=0000000000000000000000000000000000000000/", "inference-weights.service")]
    [InlineData("s/^ENDPOINT_NAME=.*/ENDPOINT_NAME=other/", "changed: ENDPOINT")]
    public async Task Apply_settings_restarts_what_the_changed_keys_belong_to(string edit, string expected)
    {
        using var node = new StagedNode();
        var before = node.Read("/etc/inference/node.env");
        var after = (await Tool.RunAsync("sed", ["-E", edit.Length > 0 ? edit : "p;d"], before, null)).Output;
        var result = await node.RunAsync("apply-settings", after);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains(expected, result.Output + node.Called, StringComparison.Ordinal);
        Assert.Equal(after, node.Read("/etc/inference/node.env"));
        Assert.Equal(edit.Contains("MODEL_", StringComparison.Ordinal) || edit.Contains("max-num", StringComparison.Ordinal), node.Called.Contains("systemctl stop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Apply_settings_that_was_cut_short_is_done_again()
    {
        using var node = new StagedNode();
        var before = node.Read("/etc/inference/node.env");
        var after = before.Replace("MODEL_FORMAT=mistral", "MODEL_FORMAT=hf", StringComparison.Ordinal);
        node.Stub("systemctl", "[[ $1 != stop ]]");
        Assert.NotEqual(0, (await node.RunAsync("apply-settings", after)).ExitCode);
        Assert.Equal(before, node.Read("/etc/inference/node.env"));
        node.Stub("systemctl", "echo \"systemctl $*\" >> \"$INFERENCE_ROOT/called\"");
        Assert.Equal(0, (await node.RunAsync("apply-settings", after)).ExitCode);
        Assert.Contains("systemctl stop inference-weights.service", node.Called, StringComparison.Ordinal);
        Assert.Equal(after, node.Read("/etc/inference/node.env"));
    }

    [Theory]
    [InlineData("ENDPOINT_NAME=$(reboot)")]
    [InlineData("ENDPOINT_NAME=a;b")]
    [InlineData("ENDPOINT_NAME=\"a\"")]
    [InlineData("ENDPOINT_NAME=a\\")]
    [InlineData("not a setting")]
    public async Task Apply_settings_refuses_what_systemd_and_a_shell_would_read_differently(string line)
    {
        using var node = new StagedNode();
        var before = node.Read("/etc/inference/node.env");
        var result = await node.RunAsync("apply-settings", before.Replace("ENDPOINT_NAME=chat", line, StringComparison.Ordinal));
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(before, node.Read("/etc/inference/node.env"));
        Assert.Equal("", node.Called);
    }

    [Theory]
    [InlineData("ENDPOINT_NAME=chat\n", "")]
    [InlineData("", "EXTRA=1\n")]
    public async Task Apply_settings_refuses_a_file_with_fewer_or_other_keys(string without, string with)
    {
        using var node = new StagedNode();
        var text = node.Read("/etc/inference/node.env");
        var result = await node.RunAsync("apply-settings", (without.Length > 0 ? text.Replace(without, "", StringComparison.Ordinal) : text) + with);
        Assert.Contains("error: the keys are not those of this node's files", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key at all")]
    public async Task Adopt_host_key_keeps_the_old_key_when_it_is_given_none(string input)
    {
        using var node = new StagedNode();
        node.Write("/etc/ssh/ssh_host_ed25519_key", "old");
        var result = await node.RunAsync("adopt-host-key", input);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("old", node.Read("/etc/ssh/ssh_host_ed25519_key"));
        Assert.Equal("", node.Called);
    }

    [Fact]
    public async Task Adopt_host_key_puts_one_key_beside_the_one_use_key_in_the_place_of_all_others_and_does_it_once()
    {
        using var node = new StagedNode();
        var key = await KeyAsync(node, "ed25519");
        node.Write("/etc/ssh/ssh_host_ed25519_key", "old");
        node.Write("/etc/ssh/ssh_host_rsa_key", "old");
        node.Write("/etc/ssh/ssh_host_ecdsa_key", "one-use");
        Assert.Equal(0, (await node.RunAsync("adopt-host-key", key)).ExitCode);
        Assert.Equal(0, (await node.RunAsync("adopt-host-key", key)).ExitCode);
        Assert.Equal(key, node.Read("/etc/ssh/ssh_host_ed25519_key"));
        Assert.StartsWith("ssh-ed25519 ", node.Read("/etc/ssh/ssh_host_ed25519_key.pub"), StringComparison.Ordinal);
        Assert.Equal(
            ["ssh_host_ecdsa_key", "ssh_host_ed25519_key", "ssh_host_ed25519_key.pub"], Directory.GetFiles(node.At("/etc/ssh")).Select(Path.GetFileName).Order());
        Assert.Equal("600", Mode(node.At("/etc/ssh/ssh_host_ed25519_key")));
        Assert.Equal("systemctl try-reload-or-restart ssh.service\n", node.Called);
    }

    [Fact]
    public async Task Adopt_host_key_takes_ed25519_only()
    {
        using var node = new StagedNode();
        Directory.CreateDirectory(node.At("/etc/ssh"));
        var result = await node.RunAsync("adopt-host-key", await KeyAsync(node, "ecdsa"));
        Assert.Contains("another type than ed25519", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retire_one_use_key_leaves_the_lasting_key_alone_and_does_it_once()
    {
        using var node = new StagedNode();
        foreach (var file in new[] { "ssh_host_ed25519_key", "ssh_host_ecdsa_key", "ssh_host_ecdsa_key.pub", "sshd_config.d/09-one-use-key.conf", "sshd_config.d/10-inference.conf" })
        {
            node.Write($"/etc/ssh/{file}", "here");
        }

        Assert.Equal(0, (await node.RunAsync("retire-one-use-key")).ExitCode);
        Assert.Equal(0, (await node.RunAsync("retire-one-use-key")).ExitCode);
        Assert.Equal(["10-inference.conf", "ssh_host_ed25519_key"],
            Directory.GetFiles(node.At("/etc/ssh"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
        Assert.Equal("systemctl try-reload-or-restart ssh.service\n", node.Called);
    }

    [Fact]
    public async Task Retire_one_use_key_keeps_it_while_there_is_no_other()
    {
        using var node = new StagedNode();
        node.Write("/etc/ssh/ssh_host_ecdsa_key", "one-use");
        Assert.Contains("the lasting host key is not there", (await node.RunAsync("retire-one-use-key")).Errors, StringComparison.Ordinal);
        Assert.Equal("one-use", node.Read("/etc/ssh/ssh_host_ecdsa_key"));
    }

    private static async Task<string> KeyAsync(StagedNode node, string type)
    {
        Assert.Equal(0, (await Tool.RunAsync("ssh-keygen", "-q", "-t", type, "-N", "", "-f", node.At("/key"))).ExitCode);
        return node.Read("/key");
    }

    private static void Complete(StagedNode node)
    {
        node.Write("/srv/inference/models/m/r/complete.json", "{}");
        File.CreateSymbolicLink(node.At("/srv/inference/models/current"), "m/r");
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);

    private static string? Text(JsonDocument line, string name) => line.RootElement.GetProperty(name).GetString();

    private static StagedNode WithApt(string query, string apt)
    {
        var node = new StagedNode();
        node.Stub("dpkg-query", query);
        node.Stub("dpkg", ":");
        node.Stub("apt-get", apt);
        Directory.CreateDirectory(node.At("/run/inference"));
        return node;
    }
}
