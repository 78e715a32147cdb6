using static Infra.Tests.Lab.SurvivesStage;

namespace Infra.Tests.Lab;

/// <summary>What the operator reads when a server cannot start, and that it starts once the cause is gone.</summary>
[Collection(SerialLabs.Name)]
public sealed class SurvivesFirstBootTests(SurvivesFirstBoots boots) : IClassFixture<SurvivesFirstBoots>
{
    private const string Reachable = "^run pulumi up again when it is reachable: downloaded data is kept$";
    private const string Synchronize =
        "^set the clock: timedatectl status on the node says whether it is synchronized; then run pulumi up again$";
    private const string ClockCause =
        @"; the clock is wrong: \d{4}-\d\d-\d\d \d\d:\d\d UTC here, \d{4}-\d\d-\d\d \d\d:\d\d UTC at huggingface\.co$";

    [Fact]
    public void A_package_mirror_that_is_down_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["no packages, no GPU"]["image-0"], "packages", "^apt could not install nftables podman[a-z -]*$",
        "the package mirror is reachable");

    [Fact]
    public void A_missing_GPU_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["no packages, no GPU"]["card-0"], "gpu-check", "^nvidia-smi failed: No devices were found$",
        "^reboot the Droplet; if that does not help, replace it");

    [Fact]
    public void A_GPU_with_less_memory_than_planned_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["no registry, weights with another date, small GPU"]["card-0"], "gpu-check",
        @"^a GPU has \d+ MiB, NVIDIA RTX 4000 Ada has at least \d+: this is another card",
        "^replace the Droplet, or set the endpoint's size to the actual one$");

    [Fact]
    public void A_driver_that_is_too_old_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["corrupt weights, packages with another date, old driver"]["card-0"], "gpu-check",
        @"^driver 470\.1 is older than [\d.]+, which vLLM [\d.]+ needs$", "^use the newest AI/ML-ready image");

    [Fact]
    public void Nothing_large_is_fetched_for_a_GPU_that_is_not_as_planned() => Assert.Equal(0, boots.BytesBeforeTheCard);

    /// <summary>
    /// The firewall learns of an older connection from the next packet that the server sends; without one, the connection stalls.
    /// </summary>
    [Fact]
    public void A_silent_download_sends_keep_alives() =>
        Assert.All(boots.SilentConnections.TrimEnd().Split('\n'), connection => Assert.Matches(@"timer:\((keepalive|on),", connection));

    [Fact]
    public void A_hub_that_is_down_for_good_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["no such wheel, no hub"]["card-0"], "weights", "^no data from https://huggingface.co for 3 s: ", Reachable);

    [Fact]
    public void Weights_that_are_always_corrupt_are_refused_by_name_and_checksum() => Names_phase_cause_and_next_step(
        boots.Reported["corrupt weights, packages with another date, old driver"]["image-0"], "weights",
        @"^consolidated\.safetensors is corrupt: its checksum is [0-9a-f]{64}, the hub lists [0-9a-f]{64}, twice$",
        "^the mirror or the disk is faulty");

    [Fact]
    public async Task Weights_that_were_corrupt_once_are_fetched_again_and_served()
    {
        // Both attempts of the previous round were rejected permanently; in the next round only one answer was wrong.
        var journal = await boots.Stack.JournalAsync("image-0", "inference-weights");
        Assert.Matches(
            $@"(?s)error: {Weights} is corrupt.*{Weights} is corrupt: [^\n]*; downloading it again.*"
            + $@"{Weights}: \d+ bytes, checksum verified", journal);
    }

    [Fact]
    public void A_clock_that_is_wrong_by_a_year_is_named_where_packages_are_installed() => Names_phase_cause_and_next_step(
        boots.Reported["corrupt weights, packages with another date, old driver"]["wheels-0"], "packages",
        $"^apt could not install .*{ClockCause}", Synchronize);

    [Fact]
    public void A_clock_that_is_wrong_by_a_year_is_named_where_weights_are_fetched() => Names_phase_cause_and_next_step(
        boots.Reported["no registry, weights with another date, small GPU"]["wheels-0"], "weights",
        $"certificate is not yet valid.*{ClockCause}", Synchronize);

    [Fact]
    public void A_registry_that_is_down_for_good_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["no registry, weights with another date, small GPU"]["image-0"], "engine-container",
        "^the image docker.io/vllm/vllm-openai@sha256:[0-9a-f]{64} could not be pulled",
        "^check that the registry is reachable and the disk is large enough");

    [Fact]
    public void A_Python_index_that_is_down_for_good_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["no such image, no index, small disk"]["wheels-0"], "engine-venv", "could not (be installed|install)",
        "^check that the Python index is reachable");

    [Fact]
    public void A_digest_that_the_registry_does_not_have_fails_at_once_with_its_reason() => Names_phase_cause_and_next_step(
        boots.Reported["no such image, no index, small disk"]["image-0"], "engine-container", "manifest unknown", "registry");

    [Fact]
    public void A_version_that_the_index_does_not_have_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["no such wheel, no hub"]["wheels-0"], "engine-venv",
        @"^pip could not install vllm==0\.0\.1: .*No matching distribution",
        "^check that the Python index is reachable");

    [Fact]
    public void A_disk_without_room_for_the_weights_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["no such image, no index, small disk"]["card-0"], "weights",
        "do not fit: .* GB are free under /srv/inference/models$",
        "^use a size with a scratch disk, or set cacheVolumeGiB$");

    [Fact]
    public void A_disk_without_room_for_the_image_is_named() => Names_phase_cause_and_next_step(
        boots.Reported["small disk for images"]["card-0"], "engine-container", "no space left on device", "the disk is large enough");

    [Fact]
    public async Task All_of_them_serve_once_the_causes_are_gone()
    {
        Assert.Empty(boots.Repaired.Failures.Select(failure => $"{failure.Name}: {failure.Message}"));
        Assert.Equal(3, boots.Stack.LabStack.Nodes().Count);
        foreach (var endpoint in new[] { "image", "wheels", "card" })
        {
            await boots.Stack.AnswersAsync(endpoint);
        }
    }

    [Fact]
    public async Task An_engine_that_is_killed_five_times_within_the_hour_stays_down_and_reports_it()
    {
        // Resets the count of earlier failures. Uses the full name, because a pattern does not match inactive units.
        const string Unit = "inference-vllm-venv.service";
        await boots.Stack.InsideAsync("wheels-0", "systemctl", "stop", Unit);
        await boots.Stack.InsideAsync("wheels-0", "systemctl", "reset-failed", Unit);
        await boots.Stack.InsideAsync("wheels-0", "systemctl", "start", "--no-block", "inference.target");
        await boots.Stack.UntilReadyAsync("wheels-0");
        var killed = "";
        for (var kills = 0; kills < 5; kills++)
        {
            string? engine = null;
            await RunningStack.UntilAsync("the engine runs again", Patience,
                async () => (engine = await boots.Stack.EngineAsync("wheels-0")) is not null && engine != killed);
            killed = engine!;
            await boots.Stack.InsideAsync("wheels-0", "kill", "-9", killed);
        }

        await RunningStack.UntilAsync("the unit gives up", Patience, async () =>
            (await boots.Stack.InsideAsync("wheels-0", "systemctl", "is-failed", Unit)).Output.Trim() == "failed");
        await boots.Stack.UntilReadyAsync("wheels-0", ready: false);
        // The output of the readiness gate. It is the last check, because the gate restarts the engine.
        var phases = Infra.Lab.Stacks.PhaseTimeline.Phases(boots.Stack.LabStack.TimelineOf(boots.Stack.Node("wheels-0")));
        Assert.True(phases.Single(phase => phase.Phase == "vllm").Failed);
        Assert.Contains("Start request repeated too quickly", await boots.Stack.JournalAsync("wheels-0", "inference-vllm-venv"),
            StringComparison.Ordinal);
        await boots.Stack.InsideAsync("wheels-0", "systemctl", "reset-failed", Unit);
        await boots.Stack.InsideAsync("wheels-0", "systemctl", "start", "--no-block", "inference.target");
        await boots.Stack.UntilReadyAsync("wheels-0");
    }
}
