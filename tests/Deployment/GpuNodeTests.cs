using Infra.Node;
using Infra.Planning.Plan;
using Pulumi;

namespace Infra.Tests.Deployments;

[Collection(SerialDeployments.Name)]
public sealed class GpuNodeTests
{
    private const string Droplet = "digitalocean:index/droplet:Droplet";
    private const string Command = "command:remote:Command";

    [Fact]
    public async Task A_droplet_follows_the_plan()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        var droplet = run.Only(Droplet);
        Assert.Equal("dev-chat-0", droplet.Text("name"));
        Assert.Equal("tor1", droplet.Text("region"));
        Assert.Equal("gpu-4000adax1-20gb", droplet.Text("size"));
        Assert.Equal("gpu-h100x1-base", droplet.Text("image"));
        Assert.Equal(["inference:dev", "inference:dev:chat"], Laws.Texts(droplet.Inputs, "tags"));
        Assert.Equal(["1"], Laws.Texts(droplet.Inputs, "sshKeys")); // the operator's: the first id that the mocks count
        Assert.Equal(true, droplet.Inputs["monitoring"]);
        Assert.Equal(false, droplet.Inputs["dropletAgent"]);
        Assert.Equal(false, droplet.Inputs["ipv6"]);
        Assert.Equal("id-of-network", droplet.Text("vpcUuid"));
    }

    [Fact]
    public async Task A_droplet_is_deleted_before_it_is_replaced_and_ignores_changes_of_its_user_data()
    {
        var options = (await MockedDeployment.RunStackAsync("dev")).Only(Droplet).Custom;
        Assert.True(options.DeleteBeforeReplace);
        Assert.Equal(["userData"], options.IgnoreChanges);
        Assert.Equal(TimeSpan.FromMinutes(60), options.CustomTimeouts?.Create);
    }

    [Fact]
    public async Task Droplet_and_bootstrap_key_are_replaced_by_the_same_value_and_settings_are_no_part_of_it()
    {
        var before = await TriggerAsync([]);
        Assert.Equal(before.Droplet, before.Key);
        Assert.Contains(NodeFiles.Revision, before.Droplet, StringComparison.Ordinal);
        Assert.Equal(before, await TriggerAsync(
            [("endpoints.chat.contextLength", "8192"), ("endpoints.chat.clients", "[\"alice\"]"), ("adminCidrs", "[\"192.0.2.0/24\"]")]));
        Assert.NotEqual(before, await TriggerAsync([("endpoints.chat.image", "\"123456\"")]));
        Assert.NotEqual(before, await TriggerAsync([("endpoints.chat.size", "\"gpu-l40sx1-48gb\"")]));
    }

    [Fact]
    public async Task The_installation_of_the_host_key_runs_once_for_each_droplet()
    {
        var command = (await MockedDeployment.RunStackAsync("dev")).Named(Command, "chat-0-host-key");
        Assert.Equal(["addPreviousOutputInEnv", "connection", "create", "logging", "stdin"],
            command.Options.IgnoreChanges.Order(StringComparer.Ordinal));
        Assert.Single(Laws.Texts(command.Inputs, "triggers"));
        // sshd is up before the scripts are unpacked, so this one waits, and must not lose its standard input to what it waits for.
        Assert.Matches(@"^timeout \d+ cloud-init status --wait [^;]*< /dev/null; sudo -n /usr/local/libexec/inference/install-host-key\z",
            command.Text("create"));
        // A future input must be ignored too: that connection cannot be made a second time.
        Assert.Empty(command.Inputs.Keys.Except(command.Options.IgnoreChanges).Except(["triggers"]));
    }

    [Fact]
    public async Task Commands_run_in_the_order_host_key_operators_secrets_settings_gate()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        string[] order = ["chat-0-host-key", "chat-0-operators", "chat-0-secrets", "chat-0-settings", "chat-0-ready"];
        for (var i = 1; i < order.Length; i++)
        {
            Assert.Contains((Command, order[i - 1]), await Laws.BeforeAsync(run.Named(Command, order[i])));
        }
        Assert.Contains((Command, "chat-0-secrets"), await Laws.BeforeAsync(run.Named(Command, "chat-0-ready")));
    }

    [Fact]
    public async Task The_gate_waits_again_when_the_droplet_or_the_settings_change()
    {
        var gate = (await MockedDeployment.RunStackAsync("dev")).Named(Command, "chat-0-ready");
        var triggers = Laws.Texts(gate.Inputs, "triggers");
        Assert.Equal(2, triggers.Count);
        Assert.Contains("MODEL_ID=mistralai/Ministral-3-3B-Instruct-2512\n", triggers[1], StringComparison.Ordinal);
        Assert.Equal("sudo -n /usr/local/libexec/inference/await-ready 3600", gate.Text("create"));
    }

    [Fact]
    public async Task Each_run_asks_the_node_again_and_a_preview_neither_asks_nor_shows_it()
    {
        var plan = StackPlan.Read(StackFiles.Config("dev"));
        var (first, second) = (await GateAsync("1", preview: false), await GateAsync("2", preview: false));
        Assert.Equal(("1", "2"), (first.Text("stdin"), second.Text("stdin")));
        Assert.Equal("sudo -n /usr/local/libexec/inference/await-ready 3600", first.Text("create"));
        Assert.Empty(Laws.Texts(first.Inputs, "triggers"));
        Assert.Empty(first.Options.IgnoreChanges);
        var preview = await GateAsync("3", preview: true);
        Assert.False(preview.Inputs.ContainsKey("stdin"));
        Assert.Equal(["stdin"], preview.Options.IgnoreChanges);

        async Task<Declared> GateAsync(string run, bool preview) =>
            (await MockedDeployment.RunAsync(plan, preview, options: new() { Run = run })).Named(Command, "chat-0-serving");
    }

    [Fact]
    public async Task The_question_of_each_run_comes_after_the_gate_and_nothing_waits_for_it()
    {
        var run = await MockedDeployment.RunAsync(StackPlan.Read(StackFiles.Config("prod")), options: new() { Run = "1" });
        Assert.Contains((Command, "chat-0-ready"), await Laws.BeforeAsync(run.Named(Command, "chat-0-serving")));
        Assert.False(run.Named(Command, "chat-0-ready").Inputs.ContainsKey("stdin"));
        foreach (var resource in run.Custom)
        {
            Assert.DoesNotContain(await Laws.BeforeAsync(resource), static before =>
                before.Name.EndsWith("-serving", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Settings_over_ssh_are_the_text_that_is_in_the_user_data()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        var environment = run.Named(Command, "chat-0-settings").Text("stdin");
        Assert.Contains(System.Text.Json.JsonEncodedText.Encode(environment,
            System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(),
            run.Only(Droplet).Text("userData"), StringComparison.Ordinal);
        Assert.DoesNotContain(StrictMocks.Secret, environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operators_are_the_stack_and_the_people_that_are_named()
    {
        const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA alice";
        var run = await MockedDeployment.RunAsync(StackPlan.Read(Unit.Config.Configs.With(("adminSshKeys", $"[\"{Key}\"]"))));
        Assert.Equal($"ssh-ed25519 AAAA-operator\n{Key}\n# end\n", run.Named(Command, "chat-0-operators").Text("stdin"));
    }

    [Fact]
    public async Task A_certificate_is_good_for_loopback_the_nodes_address_its_name_and_the_internal_load_balancer()
    {
        var run = await MockedDeployment.RunStackAsync("cluster");
        var request = run.Named("tls:index/certRequest:CertRequest", "chat-1-tls");
        Assert.Equal(["localhost", "chat.cluster.internal"], Laws.Texts(request.Inputs, "dnsNames"));
        var addresses = Laws.Texts(request.Inputs, "ipAddresses");
        Assert.Equal(3, addresses.Count);
        Assert.Equal("127.0.0.1", addresses[0]);
        Assert.Equal("10.118.0.9", addresses[2]);
    }

    [Fact]
    public async Task A_cache_volume_has_the_name_that_the_node_looks_for()
    {
        var run = await MockedDeployment.RunAsync(
            StackPlan.Read(Unit.Config.Configs.With(("endpoints.chat.cacheVolumeGiB", "50"), ("endpoints.chat.replicas", "2"))));
        foreach (var index in new[] { 0, 1 })
        {
            var volume = run.Named("digitalocean:index/volume:Volume", $"chat-{index}-weights");
            Assert.Equal($"dev-chat-{index}-weights", volume.Text("name"));
            Assert.Contains($"\nSTORAGE_VOLUME=dev-chat-{index}-weights\n", run.Named(Command, $"chat-{index}-settings").Text("stdin"),
                StringComparison.Ordinal);
            Assert.Equal([$"id-of-chat-{index}-weights"], Laws.Texts(run.Named(Droplet, $"chat-{index}").Inputs, "volumeIds"));
        }
    }

    [Fact]
    public async Task Whether_a_node_has_a_Volume_is_part_of_what_replaces_its_droplet_and_the_size_of_the_Volume_is_not()
    {
        var without = await TriggerAsync([]);
        var with = await TriggerAsync([("endpoints.chat.cacheVolumeGiB", "50")]);
        Assert.NotEqual(without, with);
        Assert.Equal(with, await TriggerAsync([("endpoints.chat.cacheVolumeGiB", "80")]));
        Assert.EndsWith(" id-of-chat-0-weights", with.Droplet, StringComparison.Ordinal);
        var run = await MockedDeployment.RunAsync(StackPlan.Read(Unit.Config.Configs.With(("endpoints.chat.cacheVolumeGiB", "50"))));
        Assert.Equal(["volumeIds"], run.Only(Droplet).Options.ReplaceOnChanges);
        var volume = run.Only("digitalocean:index/volume:Volume");
        Assert.True(volume.Custom.DeleteBeforeReplace);
        Assert.Contains(("digitalocean:index/firewall:Firewall", "network"), await Laws.BeforeAsync(volume));
    }

    [Fact]
    public async Task A_Volume_that_grows_reaches_the_node_by_its_size()
    {
        var run = await MockedDeployment.RunAsync(StackPlan.Read(Unit.Config.Configs.With(("endpoints.chat.cacheVolumeGiB", "50"))));
        var grow = run.Named(Command, "chat-0-volume-size");
        Assert.Equal(("sudo -n /usr/local/libexec/inference/grow-storage", "50"), (grow.Text("create"), grow.Text("stdin")));
        Assert.Contains((Command, "chat-0-operators"), await Laws.BeforeAsync(grow));
        Assert.DoesNotContain((await MockedDeployment.RunStackAsync("dev")).Declared,
            resource => resource.Name.EndsWith("-volume-size", StringComparison.Ordinal));
    }

    [Fact]
    public async Task In_a_rolling_rollout_each_droplet_waits_until_the_one_before_it_answers()
    {
        var run = await MockedDeployment.RunStackAsync("prod");
        Assert.Contains((Command, "chat-0-ready"), await Laws.BeforeAsync(run.Named(Droplet, "chat-1")));
        Assert.DoesNotContain((Command, "chat-0-ready"), await Laws.BeforeAsync(run.Named(Droplet, "chat-0")));
    }

    [Fact]
    public async Task In_a_parallel_rollout_no_droplet_waits_for_another()
    {
        var run = await MockedDeployment.RunStackAsync("cluster");
        Assert.DoesNotContain(await Laws.BeforeAsync(run.Named(Droplet, "chat-1")), before => before.Type == Command);
    }

    private static async Task<(string Droplet, string Key)> TriggerAsync((string, string?)[] edits)
    {
        var run = await MockedDeployment.RunAsync(
            StackPlan.Read(Unit.Config.Configs.With([("endpoints.chat.size", "\"gpu-4000adax1-20gb\""), .. edits])));
        return (await ValueAsync(run.Only(Droplet)), await ValueAsync(run.Named("tls:index/privateKey:PrivateKey", "chat-0-one-use")));

        static async Task<string> ValueAsync(Declared resource) =>
            (string)await Pulumi.Utilities.OutputUtilities.GetValueAsync(resource.Options.ReplacementTrigger!.ToOutput());
    }
}
