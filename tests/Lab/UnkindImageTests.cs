using static Infra.Tests.Lab.SurvivesStage;

namespace Infra.Tests.Lab;

/// <summary>Obstacles in an image, in spite of which its server serves.</summary>
[Collection(SerialLabs.Name)]
public sealed class UnkindImageTests(UnkindImages images) : IClassFixture<UnkindImages>
{
    [Fact]
    public void All_of_them_come_up() => Assert.Empty(images.Result.Failures.Select(failure => $"{failure.Name}: {failure.Message}"));

    [Theory]
    [InlineData(UnkindImages.Sources)]
    [InlineData(UnkindImages.Apt)]
    [InlineData(UnkindImages.Neighbours)]
    [InlineData(UnkindImages.Amd)]
    public Task An_endpoint_on_such_an_image_answers(string endpoint) => images.Stack.AnswersAsync(endpoint);

    /// <summary>That a test of faults has its faults: apt itself refuses, on a server whose own packages came all the same.</summary>
    [Theory]
    [InlineData(UnkindImages.Sources, "NO_PUBKEY|not signed|Missing key")]
    [InlineData(UnkindImages.Apt, "malformed|Malformed|Conflicting values")]
    public async Task The_image_s_own_apt_fails_there(string endpoint, string words)
    {
        var answer = await images.Stack.InsideAsync($"{endpoint}-0", "timeout", "60", "apt-get", "-o", "Acquire::http::Timeout=2", "-o",
            "Acquire::Retries=0", "update");
        Assert.NotEqual(0, answer.Status);
        Assert.Matches(words, answer.Output + answer.Errors);
    }

    [Fact]
    public async Task Docker_and_ufw_are_there_and_the_engine_runs_next_to_them()
    {
        var node = $"{UnkindImages.Neighbours}-0";
        Assert.Equal("active", (await images.Stack.InsideAsync(node, "systemctl", "is-active", "docker.service")).Output.Trim());
        Assert.Contains("172.17.0.1", (await images.Stack.InsideAsync(node, "ip", "-4", "address", "show", "docker0")).Output,
            StringComparison.Ordinal);
        Assert.True(await images.Stack.IsReadyAsync(node));
    }

    /// <summary>
    /// A published port of Docker's is forwarded and passes no input chain: the node's own firewall and the Cloud Firewall have to say no.
    /// </summary>
    [Fact]
    public async Task A_port_that_Docker_publishes_is_open_to_no_one()
    {
        var node = images.Stack.Node($"{UnkindImages.Neighbours}-0");
        var sandbox = images.Stack.Sandbox.Running!;
        Assert.Null(await images.Stack.ConnectAsync(null, sandbox.Operator, node.PublicAddress, 8080, TimeSpan.FromSeconds(1)));
        Assert.Null(await images.Stack.ConnectAsync(null, sandbox.Outsider, node.PublicAddress, 8080, TimeSpan.FromSeconds(1)));
        Assert.Null(await images.Stack.ConnectAsync(
            Infra.Lab.Host.HostRuntime.NeighbourName, null, node.PrivateAddress, 8080, TimeSpan.FromSeconds(1)));
    }

    /// <summary>
    /// The toolkit's unit describes the devices as the toolkit likes it, at each boot and whenever the toolkit or the driver changes.
    /// </summary>
    [Fact]
    public async Task The_toolkit_s_own_units_write_their_specification_again_and_the_engine_starts_all_the_same()
    {
        const string Specification = "/run/cdi/nvidia.yaml";
        var node = $"{UnkindImages.Sources}-0";
        Assert.Equal("active", (await images.Stack.InsideAsync(node, "systemctl", "is-active", "nvidia-cdi-refresh.path")).Output.Trim());
        await images.Stack.InsideAsync(node, "rm", "-f", Specification);
        // As a package's upgrade does: dpkg renames a new file into place.
        await images.Stack.InsideAsync(node, "sh", "-c",
            "cp -p /usr/bin/nvidia-ctk /usr/bin/nvidia-ctk.dpkg-new && mv /usr/bin/nvidia-ctk.dpkg-new /usr/bin/nvidia-ctk");
        await RunningStack.UntilAsync("the path unit has had it written", TimeSpan.FromSeconds(20), async () =>
            (await images.Stack.InsideAsync(node, "grep", "-q", "additionalGids", Specification)).Status == 0);
        var before = await images.Stack.EngineAsync(node);
        await images.Stack.InsideAsync(node, "systemctl", "restart", "inference-vllm-container.service");
        await RunningStack.UntilAsync("another engine runs", Patience,
            async () => await images.Stack.EngineAsync(node) is { } engine && engine != before);
        await images.Stack.UntilReadyAsync(node);
    }

    [Fact]
    public async Task Locks_of_apt_that_somebody_else_holds_at_first_boot_are_waited_for()
    {
        var journal = await images.Stack.JournalAsync($"{UnkindImages.Apt}-0", "lab-apt-at-boot");
        Assert.Contains("locks held for 20 s", journal, StringComparison.Ordinal);
    }
}
