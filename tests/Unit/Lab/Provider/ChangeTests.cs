using Infra.Lab.Provider;
using Infra.Lab.Provider.Manners;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Plan;
using Infra.Tests.Deployments;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>Changes of Volumes, allow-lists and the stack's name: what is updated, replaced or rejected, as by the provider.</summary>
[Collection(SerialDeployments.Name)]
public sealed class ChangeTests : IDisposable
{
    private readonly Account _account = new();

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_Volume_that_is_added_or_taken_away_is_another_Droplet()
    {
        await _account.UpAsync(Volume(null));
        var without = Server();
        (await _account.UpAsync(Volume(50))).Succeeded();
        var with = Server();
        Assert.NotEqual(without.Id, with.Id);
        Assert.Equal(_account.Runtime.Volumes.Keys, with.VolumeIds);
        (await _account.UpAsync(Volume(null))).Succeeded();
        Assert.NotEqual(with.Id, Server().Id);
        Assert.Empty(_account.Runtime.Volumes);
    }

    [Fact]
    public async Task A_Volume_that_grows_stays_where_it_is_and_the_node_grows_its_file_system()
    {
        await _account.UpAsync(Volume(50));
        var before = Server();
        var ran = new List<string>();
        _account.Runtime.Answer = request =>
        {
            ran.Add($"{request.Command} < {request.Input}");
            return new(0, "", "");
        };
        (await _account.UpAsync(Volume(80))).Succeeded();
        Assert.Equal(before.Id, Server().Id);
        Assert.Equal(80, Assert.Single(_account.Runtime.Volumes.Values).SizeGiB);
        Assert.Equal(["sudo -n /usr/local/libexec/inference/grow-storage < 80"], ran);
    }

    [Fact]
    public async Task A_replaced_Volume_is_deleted_after_its_Droplet_and_before_the_new_one()
    {
        (await _account.UpAsync(Volume(50))).Succeeded();
        var from = _account.Runtime.Calls.Count;
        _account.Options = new() { Replace = new HashSet<(string, string)> { (Types.Volume, "chat-0-weights") } };
        (await _account.UpAsync(Volume(50))).Succeeded();
        Assert.Equal(["destroy", "no", "volume", "boot"],
            _account.Runtime.Calls.Skip(from).Select(call => call.Split(' ')[0]).SkipWhile(call => call != "destroy")
                .Where(call => call is "destroy" or "no" or "volume" or "boot"));
        Assert.Equal(_account.Runtime.Volumes.Keys, Server().VolumeIds);
        Assert.Contains(_account.Events,
            reported => reported is { Operation: Operation.Replace, Type: Types.Droplet, Phase: Phase.Finished });
        // The new one has a host key for its first connection that no earlier user data held.
        Assert.Contains(_account.Events,
            reported => reported is { Operation: Operation.Replace, Name: "chat-0-one-use", Phase: Phase.Finished });
    }

    [Fact]
    public async Task A_stack_that_was_renamed_is_refused_before_a_server_a_network_or_a_disk_is_changed()
    {
        (await _account.UpAsync(Volume(50), "test")).Succeeded();
        var from = _account.Runtime.Calls.Count;
        var run = await _account.UpAsync(Volume(50), "other");
        Assert.Contains("the name of the stack: 'other' differs from test, the name that its resources were created with",
            run.Thrown!.ToString(), StringComparison.Ordinal);
        Assert.Contains("fix: pulumi stack rename test", run.Thrown.ToString(), StringComparison.Ordinal);
        // No key and no certificate either, although the names in them differ.
        Assert.DoesNotContain(_account.Events, reported => reported is { Phase: Phase.Finished, Operation: not Operation.Same });
        Assert.DoesNotContain(_account.Runtime.Calls.Skip(from),
            call => call.Split(' ')[0] is "boot" or "destroy" or "no" or "ssh" or "attach");
        Assert.Equal("test-chat-0-weights", Assert.Single(_account.Runtime.Volumes.Values).Name);
        Assert.Equal("inference.test", run.Only(Types.Vpc, "network").Inputs["name"]);
        (await _account.UpAsync(Volume(50), "test")).Succeeded();
        Assert.Equal(0, (await _account.UpAsync(Volume(50), "test")).Succeeded().Summary.Changes);
    }

    [Fact]
    public async Task A_removed_allow_list_stays_and_a_changed_one_changes()
    {
        await BalancerAsync("203.0.113.0/24");
        Assert.Equal(0, (await BalancerAsync()).Summary.Changes);
        Assert.Equal(["203.0.113.0/24"], Assert.Single(_account.Runtime.Balancers.Values).AllowedCidrs);
        Assert.Equal(1, (await BalancerAsync("192.0.2.0/24")).Summary.Updated);
        Assert.Equal(["192.0.2.0/24"], Assert.Single(_account.Runtime.Balancers.Values).AllowedCidrs);
    }

    [Fact]
    public async Task Removing_the_clients_of_an_internal_endpoint_restricts_it_to_the_VPC_again()
    {
        (await _account.UpAsync(Internal("[\"10.9.0.0/24\"]"))).Succeeded();
        Assert.Equal(["10.9.0.0/24"], Assert.Single(_account.Runtime.Balancers.Values).AllowedCidrs);
        (await _account.UpAsync(Internal("[]"))).Succeeded();
        var balancer = Assert.Single(_account.Runtime.Balancers.Values);
        Assert.Equal([balancer.VpcCidr], balancer.AllowedCidrs);
    }

    [Fact]
    public void What_the_provider_computes_is_an_input_of_its_type()
    {
        var schema = new ProviderSchema();
        foreach (var (type, manners) in ProviderManners.Current.Types)
        {
            Assert.Contains(type, schema.Types);
            Assert.All(manners.Computed, input => Assert.DoesNotContain("is not a property",
                string.Join(' ', schema.Problems(type, new Dictionary<string, object> { [input] = "" }, unknowns: true)),
                StringComparison.Ordinal));
        }
        Assert.NotEmpty(ProviderManners.Current.Source);
        Assert.True(ProviderManners.Current.SourceDate.Year >= 2026);
    }

    private Infra.Lab.Specs.ServerSpec Server() => Assert.Single(_account.Runtime.Servers.Values);

    private static StackPlan Volume(int? gib) => Account.Plan("local", ("inference:endpoints",
        $"{{\"chat\":{{\"model\":\"mistralai/Ministral-3-3B-Instruct-2512\",\"size\":\"gpu-4000adax1-20gb\",\"contextLength\":4096{(gib is null ? "" : $",\"cacheVolumeGiB\":{gib}")}}}}}"));

    private static StackPlan Internal(string clients) => Account.Plan("local", ("inference:endpoints",
        $"{{\"chat\":{{\"model\":\"mistralai/Ministral-3-3B-Instruct-2512\",\"size\":\"gpu-4000adax1-20gb\",\"contextLength\":4096,\"access\":\"internal\",\"clientCidrs\":{clients}}}}}"));

    private Task<Run> BalancerAsync(params string[] allowed) => _account.UpAsync(root =>
    {
        var inside = new ComponentResource("infra:components:Test", "test", root);
        var vpc = new Vpc("v", new() { Name = "v", Region = "tor1" }, new() { Parent = inside });
        _ = new LoadBalancer("b", new()
        {
            Name = "b",
            Region = "tor1",
            Network = "EXTERNAL",
            VpcUuid = vpc.Id,
            DropletTag = "all",
            ForwardingRules = new LoadBalancerForwardingRuleArgs
            {
                EntryPort = 443,
                EntryProtocol = "https",
                TargetPort = 443,
                TargetProtocol = "https",
                TlsPassthrough = true,
            },
            Firewall = allowed.Length == 0 ? null : (Input<LoadBalancerFirewallArgs>)new LoadBalancerFirewallArgs
            {
                Allows = allowed.Select(cidr => $"cidr:{cidr}").ToArray(),
            },
        }, new() { Parent = inside });
    });
}
