using Infra.Lab.Provider;
using Infra.Lab.Provider.Api;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Plan;
using Infra.Tests.Deployments;
using Infra.Tests.Unit.Lab.Mirrors;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>
/// Faults between the provider and DigitalOcean: what each later run reports, and that the command of docs/operations.md helps. Time is
/// virtual.
/// </summary>
[Collection(SerialDeployments.Name)]
public sealed class RecoveryTests : IDisposable
{
    private readonly SelfAdvancingClock _clock = new();
    private readonly Account _account = new();
    private ApiAccount? _cloud;

    public void Dispose() => _account.Dispose();

    public static TheoryData<string, string, bool> Kinds => new()
    {
        { Types.SshKey, "operator", true },
        { Types.Tag, "chat", true },
        { Types.Volume, "chat-0-weights", true },
        { Types.Certificate, "chat", true },
        { Types.Vpc, "network", true },
        { Types.Droplet, "chat-1", true },
        { Types.LoadBalancer, "chat", false },
        { Types.Firewall, "network", false },
        { Types.DnsRecord, "chat", false },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_deletion_of_a_Droplet_fails_every_later_run_until_a_refresh(bool destroys)
    {
        Breaks(new CloudFault(FaultKind.SlowDeletion, Types.Droplet, "chat-0", TimeSpan.FromSeconds(90)));
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        var old = Assert.Single(_cloud!.Objects, known => known.Is(Types.Droplet, "chat-0")).Id;
        Assert.Equal("Error deleting droplet: timeout while waiting for state to become 'Not Found' (last state: 'active', timeout: 1m0s)",
            (await _account.UpAsync(Bigger())).Refusal);
        var again =
            $"Error waiting for droplet to be unlocked for destroy ({old}): unexpected state 'Not Found', wanted target "
                + "'false'. last error: %!s(<nil>)";
        Assert.Equal(again, (await _account.UpAsync(Bigger())).Refusal);
        Assert.Equal(again, (await _account.UpAsync(Bigger())).Refusal);
        Assert.Equal(again, (await _account.DownAsync()).Refusal);
        Assert.Null(_account.Warning);
        if (destroys)
        {
            Assert.Empty((await _account.DownAsync(refresh: true)).Succeeded().Resources);
            Assert.Empty(_cloud.Objects);
            return;
        }
        _account.Refresh();
        (await _account.UpAsync(Bigger())).Succeeded();
        await HealthyAsync(Bigger(), servers: 2);
    }

    [Fact]
    public async Task A_certificate_may_take_an_hour()
    {
        Breaks(new CloudFault(FaultKind.SlowCreation, Types.Certificate, "chat", TimeSpan.FromMinutes(62)));
        (await _account.UpAsync(Account.Plan("prod"))).Succeeded();
        Assert.InRange(_clock.Elapsed, TimeSpan.FromMinutes(62), TimeSpan.FromMinutes(75));
        await HealthyAsync(Account.Plan("prod"), servers: 2);
    }

    [Theory]
    [InlineData(true, 60, "unexpected state 'error', wanted target 'verified'. last error: %!s(<nil>)")]
    [InlineData(false, 6000, "timeout while waiting for state to become 'verified' (last state: 'pending', timeout: 1h15m0s)")]
    public async Task A_certificate_that_is_not_issued_is_never_updated_and_a_refresh_hides_it_and_a_replacement_helps(bool fails,
        int minutes, string reason)
    {
        Breaks(new CloudFault(
            fails ? FaultKind.FailedCreation : FaultKind.SlowCreation, Types.Certificate, "chat", TimeSpan.FromMinutes(minutes)));
        var plan = Account.Plan("prod");
        Assert.Matches(
            $"^Error waiting for certificate \\(chat-[0-9a-f]{{7}}\\) to become active: "
                + $"{System.Text.RegularExpressions.Regex.Escape(reason)}$",
            (await _account.UpAsync(plan)).Refusal);
        Assert.Equal("doesn't support update", (await _account.UpAsync(plan)).Refusal);
        Assert.Equal("doesn't support update", (await _account.UpAsync(plan)).Refusal);
        _account.Refresh();
        Assert.Contains("is not verified", (await _account.UpAsync(plan)).Refusal, StringComparison.Ordinal);
        _account.Options = _account.Options with { Replace = new HashSet<(string, string)> { (Types.Certificate, "chat") } };
        (await _account.UpAsync(plan)).Succeeded();
        _account.Options = _account.Options with { Replace = new HashSet<(string, string)>() };
        await HealthyAsync(plan, servers: 2);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_deleted_by_hand_stops_a_destroy_where_the_provider_takes_404_for_an_error_and_a_refresh_helps(string type,
        string name, bool stops)
    {
        Breaks();
        var plan = Account.Plan("prod", ("inference:endpoints", Json("prod", "cacheVolumeGiB", 100)));
        var run = (await _account.UpAsync(plan)).Succeeded();
        var id = run.Only(type, name).Id!;
        _cloud!.DeleteByHand(type, id);
        if (stops)
        {
            var refusal = (await _account.DownAsync()).Refusal;
            Assert.True(refusal.Contains("404 (request",
                StringComparison.Ordinal) || refusal.Contains("not found", StringComparison.OrdinalIgnoreCase), refusal);
            Assert.Equal(refusal.Split(" (request")[0], (await _account.DownAsync()).Refusal.Split(" (request")[0]);
        }
        (await _account.DownAsync(refresh: stops)).Succeeded();
        Assert.Empty(_cloud.Objects);
    }

    [Theory]
    [InlineData(Types.Vpc, "network")]
    [InlineData(Types.Droplet, "chat-0")]
    public async Task When_the_network_drops_during_a_deletion_it_is_pending_and_a_refresh_helps(string type, string name)
    {
        Breaks(new CloudFault(FaultKind.ConnectionLostWhileDeleting, type, name));
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Assert.Contains("error reading from server: EOF", (await _account.DownAsync()).Refusal, StringComparison.Ordinal);
        (await _account.DownAsync(refresh: true)).Succeeded();
        Assert.Contains($"{type}::{name}, interrupted while deleting", _account.Warning, StringComparison.Ordinal);
        Assert.Empty(_cloud!.Objects);
    }

    [Fact]
    public async Task A_run_that_is_killed_while_it_creates_a_Droplet_leaves_a_second_one_to_delete_by_hand()
    {
        Breaks(new CloudFault(FaultKind.KilledWhileCreating, Types.Droplet, "chat-0"));
        Assert.NotNull((await _account.UpAsync(Account.Plan("local"))).Thrown);
        var stray = Assert.Single(_cloud!.Objects, known => known.Is(Types.Droplet, "chat-0")).Id;
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Assert.Contains("chat-0, interrupted while creating", _account.Warning, StringComparison.Ordinal);
        Assert.Equal(3, _account.Runtime.Servers.Count); // two of them chat-0: it costs money
        Assert.Equal(0, (await _account.UpAsync(Account.Plan("local"))).Succeeded().Summary.Changes);
        Assert.Contains("chat-0, interrupted while creating", _account.Warning, StringComparison.Ordinal); // it stays pending

        _cloud.DeleteByHand(Types.Droplet, stray);
        Assert.True(_account.Runtime.Servers.TryRemove(stray, out _));
        _account.Refresh();
        await HealthyAsync(Account.Plan("local"), servers: 2);
    }

    [Fact]
    public async Task An_imported_Droplet_is_replaced_by_the_next_run()
    {
        Breaks(new CloudFault(FaultKind.KilledWhileCreating, Types.Droplet, "chat-0"));
        Assert.NotNull((await _account.UpAsync(Account.Plan("local"))).Thrown);
        var stray = Assert.Single(_cloud!.Objects, known => known.Is(Types.Droplet, "chat-0")).Id;
        _account.Refresh((Types.Droplet, "chat-0", stray));
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Assert.Contains(_account.Events, reported => reported is { Operation: Operation.Replace, Name: "chat-0", Type: Types.Droplet });
        Assert.DoesNotContain(_cloud.Objects, known => known.Id == stray);
    }

    [Fact]
    public async Task The_name_of_a_load_balancer_in_deletion_stays_in_use_for_a_while_and_the_next_run_gets_it()
    {
        Breaks(new CloudFault(FaultKind.NameHeld, Types.LoadBalancer, "chat", TimeSpan.FromMinutes(2)));
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        _account.Options = _account.Options with { Replace = new HashSet<(string, string)> { (Types.LoadBalancer, "chat") } };
        Assert.EndsWith("name is not unique", (await _account.UpAsync(Account.Plan("local"))).Refusal, StringComparison.Ordinal);
        _account.Options = _account.Options with { Replace = new HashSet<(string, string)>() };
        Assert.EndsWith("name is not unique", (await _account.UpAsync(Account.Plan("local"))).Refusal, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(2));
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        await HealthyAsync(Account.Plan("local"), servers: 2);
    }

    [Fact]
    public async Task A_load_balancer_without_an_address_gives_its_record_none_until_a_refresh()
    {
        Breaks(new CloudFault(FaultKind.SlowCreation, Types.LoadBalancer, "chat", TimeSpan.FromMinutes(30)));
        var plan = Account.Plan("prod");
        Assert.Equal(
            "Error waiting for Load Balancer (inference.test.chat) to become active: timeout while waiting for state to "
                + "become 'active' (last state: 'new', timeout: 10m0s)",
            (await _account.UpAsync(plan)).Refusal);
        Assert.EndsWith("Data needs to be an IPv4 address.", (await _account.UpAsync(plan)).Refusal, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.EndsWith("Data needs to be an IPv4 address.", (await _account.UpAsync(plan)).Refusal, StringComparison.Ordinal);
        _account.Refresh();
        (await _account.UpAsync(plan)).Succeeded();
        await HealthyAsync(plan, servers: 2);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(11, false)]
    public async Task A_VPC_is_asked_to_go_until_its_last_member_has_gone_or_ten_minutes_are_over(int minutes, bool goes)
    {
        Breaks(new CloudFault(FaultKind.SlowDeletion, Types.LoadBalancer, "chat", TimeSpan.FromMinutes(minutes)));
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        var run = await _account.DownAsync();
        if (!goes)
        {
            Assert.Contains("409 (request", run.Refusal, StringComparison.Ordinal);
            _clock.Advance(TimeSpan.FromMinutes(2));
            run = await _account.DownAsync();
        }
        Assert.Empty(run.Succeeded().Resources);
        Assert.Empty(_cloud!.Objects);
    }

    private void Breaks(params CloudFault[] faults)
    {
        _cloud = new(_clock, faults);
        _account.Options = new() { GpuLimit = 64, Account = _cloud };
    }

    /// <summary>Nothing is left to do, nothing is pending, and what the account has is what the state has.</summary>
    private async Task HealthyAsync(StackPlan plan, int servers)
    {
        var run = (await _account.UpAsync(plan)).Succeeded();
        Assert.Equal(0, run.Summary.Changes);
        Assert.Null(_account.Warning);
        Assert.Equal(servers, _account.Runtime.Servers.Count);
        Assert.Equal(run.Resources.Where(resource => resource.Type.StartsWith("digitalocean:", StringComparison.Ordinal))
            .Select(resource => (resource.Type, resource.Id!)).Order(),
            _cloud!.Objects.Select(known => (known.Type, known.Id)).Order());
        Assert.All(_cloud.Objects, known => Assert.True(_cloud.IsReady(known) && !known.Fails));
    }

    private static StackPlan Bigger() => Account.Plan("local", ("inference:endpoints", Json("local", "size", "gpu-6000adax1-48gb")));

    private static string Json(string stack, string key, System.Text.Json.Nodes.JsonNode value)
    {
        var endpoints = System.Text.Json.Nodes.JsonNode.Parse(StackFiles.Config(stack)["inference:endpoints"])!;
        endpoints["chat"]![key] = value;
        return endpoints.ToJsonString();
    }
}
