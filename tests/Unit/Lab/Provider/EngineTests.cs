using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;
using Infra.Lab.State;
using Pulumi;
using Pulumi.Command.Remote;
using Pulumi.Command.Remote.Inputs;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;
using Pulumi.Random;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>What a change does, next to what the project's own program asks for.</summary>
[Collection(Deployments.SerialDeployments.Name)]
public sealed class EngineTests : IDisposable
{
    private readonly Account _account = new();

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task Ignored_changes_are_compared_as_they_were_and_a_replacement_has_the_new_ones()
    {
        await MachineAsync(userData: "one", trigger: "a");
        Assert.Equal(0, (await MachineAsync(userData: "two", trigger: "a")).Summary.Changes);
        Assert.Equal("one", Assert.Single(_account.Runtime.Servers.Values).UserData);
        Assert.Equal(1, (await MachineAsync(userData: "three", trigger: "b")).Summary.Replaced);
        Assert.Equal("three", Assert.Single(_account.Runtime.Servers.Values).UserData);
    }

    [Fact]
    public async Task A_trigger_that_was_not_there_before_replaces_nothing()
    {
        await MachineAsync(userData: "one", trigger: null);
        Assert.Equal(0, (await MachineAsync(userData: "one", trigger: "a")).Summary.Changes);
        Assert.Equal(1, (await MachineAsync(userData: "one", trigger: "b")).Summary.Replaced);
    }

    [Fact]
    public async Task A_replacement_creates_before_it_deletes_unless_the_option_is_set()
    {
        await MachineAsync(userData: "one", trigger: "a", deleteFirst: false);
        var calls = _account.Runtime.Calls.Count;
        await MachineAsync(userData: "one", trigger: "b", deleteFirst: false);
        Assert.Equal(["boot d", "destroy d"], Servers(calls));
        calls = _account.Runtime.Calls.Count;
        await MachineAsync(userData: "one", trigger: "c", deleteFirst: true);
        Assert.Equal(["destroy d", "boot d"], Servers(calls));
    }

    [Fact]
    public async Task What_the_provider_replaces_is_deleted_first_if_the_program_named_it()
    {
        await MachineAsync(userData: "one", trigger: "a", deleteFirst: null);
        var calls = _account.Runtime.Calls.Count;
        await MachineAsync(userData: "one", trigger: "a", deleteFirst: null, monitoring: true);
        Assert.Equal(["destroy d", "boot d"], Servers(calls));
        // The engine's own replacement: the provider is not asked.
        calls = _account.Runtime.Calls.Count;
        await MachineAsync(userData: "one", trigger: "b", deleteFirst: null, monitoring: true);
        Assert.Equal(["boot d", "destroy d"], Servers(calls));
        calls = _account.Runtime.Calls.Count;
        await MachineAsync(userData: "one", trigger: "b", deleteFirst: false);
        Assert.Equal(["boot d", "destroy d"], Servers(calls));
    }

    [Fact]
    public async Task Tags_change_in_place_and_with_them_the_firewalls()
    {
        await MachineAsync("one", "a");
        Assert.Single(Assert.Single(_account.Runtime.Policy.Servers).Inbound);
        Assert.Equal(1, (await MachineAsync("one", "a", tags: ["all", "web"])).Summary.Updated);
        Assert.Equal(["22", "443"], Assert.Single(_account.Runtime.Policy.Servers).Inbound.Select(rule => rule.Ports).Order());
    }

    [Fact]
    public async Task A_GPU_Droplet_is_not_resized()
    {
        await MachineAsync("one", "a");
        var run = await MachineAsync("one", "a", size: "gpu-6000adax1-48gb");
        Assert.Matches(
            "^Error resizing droplet \\([0-9]+\\): POST https://api.digitalocean.com/v2/droplets/[0-9]+/actions: 422 "
                + "\\(request \".*\"\\) GPU Droplets cannot be resized.$",
            run.Refusal);
    }

    [Fact]
    public async Task A_command_runs_its_own_text_for_each_occasion()
    {
        var ran = new List<string>();
        _account.Runtime.Answer = request =>
        {
            ran.Add($"{request.User}@{request.Port}: {request.Command} < {request.Input}");
            return new(0, "said\n", "");
        };
        await MachineAsync("one", "a", stdin: "1");
        await MachineAsync("one", "a", stdin: "2");
        Assert.Contains(_account.Events, reported => reported is { Phase: Phase.Output, Message: "said", Operation: Operation.Update });
        await MachineAsync("one", "b", stdin: "2"); // delete runs while the server is there
        (await _account.DownAsync()).Succeeded();
        Assert.Equal(["root@22: begin < 1", "root@22: change < 2", "root@22: end < 2", "root@22: begin < 2", "root@22: end < 2"], ran);
    }

    [Fact]
    public async Task What_has_failed_keeps_the_others_from_beginning()
    {
        var run = await _account.UpAsync(root =>
        {
            var inside = new ComponentResource("infra:components:Test", "test", root);
            var wrong = new Tag("wrong", new() { Name = "a.b" }, new() { Parent = inside });
            _ = new Tag("after", new() { Name = "after" }, new() { Parent = inside, DependsOn = wrong });
        });
        Assert.Equal("wrong", Assert.Single(run.Failures).Name);
        Assert.DoesNotContain(run.Resources, resource => resource.Name == "after");
    }

    [Fact]
    public async Task Two_that_fail_with_the_same_words_are_two_failures()
    {
        using var both = new CountdownEvent(2);
        _account.Runtime.Answer = _ =>
        {
            both.Signal();
            both.Wait(TestContext.Current.CancellationToken);
            return new(1, "", "no\n");
        };
        await MachineAsync("one", "a");
        var host = Assert.Single(_account.Runtime.Servers.Values).PublicAddress;
        var run = await _account.UpAsync(root =>
        {
            var inside = new ComponentResource("infra:components:Test", "test", root);
            _ = new Command("c", new() { Connection = new ConnectionArgs { Host = host, PrivateKey = "key" }, Create = "begin" },
                new() { Parent = inside });
            _ = new Command("d", new() { Connection = new ConnectionArgs { Host = host, PrivateKey = "key" }, Create = "begin" },
                new() { Parent = inside });
        });
        Assert.Equal(["c", "d"], run.Failures.Select(failure => failure.Name).Order());
        Assert.All(run.Failures, failure => Assert.Equal("Process exited with status 1: running \"begin\":\nno\n", failure.Message));
        Assert.NotEmpty(_account.Runtime.Servers); // nothing is deleted after a failure
    }

    [Fact]
    public async Task Outputs_that_are_secret_are_so()
    {
        Output<string>? secret = null, open = null;
        await _account.UpAsync(root =>
        {
            var inside = new ComponentResource("infra:components:Test", "test", root);
            secret = new RandomPassword("p", new() { Length = 12, Special = false }, new() { Parent = inside }).Result;
            open = new Vpc("v", new() { Name = "v", Region = "tor1" }, new() { Parent = inside }).IpRange;
        });
        Assert.True(await Output.IsSecretAsync(secret!));
        Assert.Matches("^[a-zA-Z0-9]{12}$", await Pulumi.Utilities.OutputUtilities.GetValueAsync(secret!));
        Assert.False(await Output.IsSecretAsync(open!));
        Assert.Equal("10.116.0.0/20", await Pulumi.Utilities.OutputUtilities.GetValueAsync(open!));
    }

    [Fact]
    public async Task The_state_is_only_for_its_owner_and_for_one_process_at_a_time()
    {
        await MachineAsync("one", "a");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_account.Folder, "account.db")));
        using (_account.Open())
        {
            Assert.Contains("another process", Assert.Throws<IOException>(() => _account.Open()).Message,
                StringComparison.Ordinal);
        }
        File.WriteAllText(Path.Combine(_account.Folder, "account.db"), "{\"version\":1,");
        Assert.Contains("file is not a database", Assert.Throws<StateFileException>(() => _account.Open()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_creation_of_a_state_left_is_replaced()
    {
        await MachineAsync("one", "a");
        File.Delete(Path.Combine(_account.Folder, "account.db"));
        foreach (var left in new[] { "account.db-wal", "account.db.new", "account.db.new-wal" })
        {
            File.WriteAllText(Path.Combine(_account.Folder, left), "left");
        }
        using var state = _account.Open();
        Assert.Empty(state.Resources);
        Assert.Empty(CloudState.In(CloudState.Peek(_account.Folder)!));
    }

    [Fact]
    public void A_state_of_an_older_lab_is_refused_by_name()
    {
        var old = Path.Combine(_account.Folder, "cloud.json");
        File.WriteAllText(old, "{}");
        var refused = Assert.Throws<StateFileException>(() => _account.Open());
        Assert.Equal((old, "an older version wrote it"), (refused.Path, refused.Problem));
    }

    [Fact]
    public async Task A_request_and_what_the_engine_knows_of_it_are_one_change()
    {
        // A power cut while the server boots: both are on disk, or none would be.
        _account.Runtime.OnStep = (_, _) =>
        {
            if (_account.State.All<Infra.Lab.DigitalOcean.Droplets.Droplet>() is [_])
            {
                _account.Kill();
                throw new IOException("killed");
            }
        };
        await MachineAsync("one", "a");
        _account.Runtime.OnStep = static (_, _) => { };
        using var state = _account.Open();
        var droplet = Assert.Single(state.Account.State.All<Infra.Lab.DigitalOcean.Droplets.Droplet>());
        var known = Assert.Single(state.Resources, resource => resource.Type == Types.Droplet);
        Assert.Equal((droplet.Key, ResourceStatus.Creating), (known.Id, known.Status));
    }

    private List<string> Servers(int from) =>
        [.. _account.Runtime.Calls.Skip(from)
            .Where(call => call.StartsWith("boot", StringComparison.Ordinal) || call.StartsWith("destroy", StringComparison.Ordinal))];

    private Task<Run> MachineAsync(
        string userData, string? trigger, bool? deleteFirst = true, string size = "gpu-4000adax1-20gb", string? stdin = null,
        bool monitoring = false, params string[] tags) => _account.UpAsync(root =>
    {
        var inside = new ComponentResource("infra:components:Test", "test", root);
        CustomResourceOptions Here() => new() { Parent = inside };
        var vpc = new Vpc("v", new() { Name = "v", Region = "tor1" }, Here());
        var after = new[] { ("all", "22"), ("web", "443") }.Select(guard => (Resource)new Firewall(guard.Item1, new()
        {
            Name = guard.Item1,
            Tags = new Tag(guard.Item1, new() { Name = guard.Item1 }, Here()).Name,
            InboundRules = new FirewallInboundRuleArgs { Protocol = "tcp", PortRange = guard.Item2, SourceAddresses = "203.0.113.0/24" },
        }, Here())).ToArray();
        var droplet = new Droplet("d", new()
        {
            Name = "d",
            Region = "tor1",
            Size = size,
            Image = "gpu-h100x1-base",
            VpcUuid = vpc.Id,
            UserData = userData,
            Monitoring = monitoring,
            Tags = tags.Length > 0 ? tags : ["all"],
        }, new()
        {
            Parent = inside,
            DependsOn = after,
            IgnoreChanges = { "userData" },
            DeleteBeforeReplace = deleteFirst,
            ReplacementTrigger = trigger is null ? null : (Input<object>)vpc.Id.Apply(_ => (object)trigger),
        });
        if (stdin is not null)
        {
            _ = new Command("c", new()
            {
                Connection = new ConnectionArgs { Host = droplet.Ipv4Address, PrivateKey = "key" },
                Create = "begin",
                Update = "change",
                Delete = "end",
                Stdin = stdin,
                Triggers = droplet.Id.Apply(id => System.Collections.Immutable.ImmutableArray.Create<object>(id)),
            }, Here());
        }
    });
}
