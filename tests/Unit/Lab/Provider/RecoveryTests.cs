using System.Globalization;
using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.DigitalOcean.Firewalls;
using Infra.Lab.DigitalOcean.Keys;
using Infra.Lab.DigitalOcean.LoadBalancers;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.DigitalOcean.Storage;
using Infra.Lab.DigitalOcean.Tags;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Plan;
using Infra.Tests.Deployments;
using Microsoft.Extensions.Time.Testing;
using Pulumi;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>
/// Faults between the provider and DigitalOcean: what each later run reports, and that the command of docs/operations.md helps. Time is
/// virtual.
/// </summary>
[Collection(SerialDeployments.Name)]
public sealed class RecoveryTests : IDisposable
{
    private const string Balancer = "inference.test.chat";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Account _account;

    public RecoveryTests() =>
        _account = new() { GpuLimit = 64, Clock = _clock, Options = new() { IsLikePulumi = true } };

    public void Dispose() => _account.Dispose();

    public static TheoryData<string, string, bool> Kinds => new()
    {
        { Types.SshKey, "operator", true },
        { Types.Tag, "chat", true },
        { Types.Volume, "chat-0-weights", true },
        { Types.Certificate, "chat", true },
        { Types.Droplet, "chat-1", true },
        { Types.LoadBalancer, "chat", false },
        { Types.Firewall, "network", true },
        { Types.DnsRecord, "chat", false },
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_deletion_of_a_Droplet_fails_every_later_run_until_a_refresh(bool destroys)
    {
        Breaks("slow-deletion:test-chat-0*1/90s");
        var old = (await _account.UpAsync(Account.Plan("local"))).Succeeded().Only(Types.Droplet, "chat-0").Id;
        Assert.Equal("Error deleting droplet: timeout while waiting for state to become 'Not Found' (timeout: 1m0s)",
            (await PassingAsync(() => _account.UpAsync(Bigger()), work => work.Subject == old)).Refusal);
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
            Assert.Empty(Objects());
            return;
        }
        await _account.RefreshAsync();
        (await _account.UpAsync(Bigger())).Succeeded();
        await HealthyAsync(Bigger(), servers: 2);
    }

    [Fact]
    public async Task A_certificate_may_take_an_hour()
    {
        _account.Pace = Pace.Real;
        Breaks("failed-certificate:chat-**2");
        (await PassingAsync(() => _account.UpAsync(Account.Plan("prod")), IsLater)).Succeeded();
        Assert.InRange(_clock.GetUtcNow() - _clock.Start, TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(75));
        await HealthyAsync(Account.Plan("prod"), servers: 2);
    }

    [Theory]
    [InlineData(true, "failed-certificate", "unexpected state 'error', wanted target 'verified'. last error: %!s(<nil>)")]
    [InlineData(
        false, "no-certificate", "timeout while waiting for state to become 'verified' (last state: 'pending', timeout: 1h15m0s)")]
    public async Task A_certificate_that_is_not_issued_is_never_updated_and_a_refresh_hides_it_and_a_replacement_helps(
        bool fails, string fault, string reason)
    {
        _account.Pace = fails ? Pace.Real : Pace.Fast;
        Breaks(fault);
        var plan = Account.Plan("prod");
        Assert.Matches(
            $"^Error waiting for certificate \\(chat-[0-9a-f]{{7}}\\) to become active: "
                + $"{System.Text.RegularExpressions.Regex.Escape(reason)}$",
            (await UpAsync()).Refusal);
        Assert.Equal("doesn't support update", (await UpAsync()).Refusal);
        Assert.Equal("doesn't support update", (await UpAsync()).Refusal);
        await _account.RefreshAsync();
        Assert.Contains("is not verified", (await UpAsync()).Refusal, StringComparison.Ordinal);
        _account.Change(change => AccountFaults.Remove(change, null));
        _account.Options = _account.Options with { Replace = new HashSet<(string, string)> { (Types.Certificate, "chat") } };
        (await UpAsync()).Succeeded();
        _account.Options = _account.Options with { Replace = new HashSet<(string, string)>() };
        await HealthyAsync(plan, servers: 2);

        Task<Run> UpAsync() => PassingAsync(() => _account.UpAsync(plan),
            work => IsLater(work) || (!fails && work.Kind == CertificateWork.IssueKind));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_was_deleted_by_hand_stops_a_destroy_where_the_provider_takes_404_for_an_error_and_a_refresh_helps(string type,
        string name, bool stops)
    {
        var plan = Account.Plan("prod", ("inference:endpoints", Json("prod", "cacheVolumeGiB", 100)));
        var run = (await _account.UpAsync(plan)).Succeeded();
        _account.Change(change => DeleteByHand(change, run.Only(type, name)));
        if (stops)
        {
            var refusal = (await _account.DownAsync()).Refusal;
            Assert.True(refusal.Contains("404 (request",
                StringComparison.Ordinal) || refusal.Contains("not found", StringComparison.OrdinalIgnoreCase), refusal);
            Assert.Equal(refusal.Split(" (request")[0], (await _account.DownAsync()).Refusal.Split(" (request")[0]);
        }
        (await _account.DownAsync(refresh: stops)).Succeeded();
        Assert.Empty(Objects());
    }

    [Fact]
    public async Task The_same_for_a_VPC_which_only_an_empty_one_can_be()
    {
        var run = await _account.UpAsync(root => _ = new Pulumi.DigitalOcean.Vpc("network", new() { Name = "network", Region = "tor1" },
            new() { Parent = new ComponentResource("infra:components:Test", "test", root) }));
        _account.Change(change => Vpcs.Delete(change, run.Succeeded().Only(Types.Vpc, "network").Id!));
        Assert.StartsWith("Error deleting VPC: DELETE https://api.digitalocean.com/v2/vpcs/", (await _account.DownAsync()).Refusal,
            StringComparison.Ordinal);
        (await _account.DownAsync(refresh: true)).Succeeded();
        Assert.Empty(Objects());
    }

    [Theory]
    [InlineData(Types.Vpc, "network")]
    [InlineData(Types.Droplet, "chat-0")]
    public async Task When_the_network_drops_during_a_deletion_it_is_pending_and_a_refresh_helps(string type, string name)
    {
        Interrupts(Operation.Delete, type, name, "rpc error: code = Unavailable desc = error reading from server: EOF");
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Assert.Contains("error reading from server: EOF", (await _account.DownAsync()).Refusal, StringComparison.Ordinal);
        (await _account.DownAsync(refresh: true)).Succeeded();
        Assert.Contains($"{type}::{name}, interrupted while deleting", _account.Warning, StringComparison.Ordinal);
        Assert.Empty(Objects());
    }

    [Fact]
    public async Task A_run_that_is_killed_while_it_creates_a_Droplet_leaves_a_second_one_to_delete_by_hand()
    {
        Interrupts(Operation.Create, Types.Droplet, "chat-0", "the run was killed");
        var killed = await _account.UpAsync(Account.Plan("local"));
        Assert.NotNull(killed.Thrown);
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Assert.Contains("chat-0, interrupted while creating", _account.Warning, StringComparison.Ordinal);
        await _account.SettleAsync();
        Assert.Equal(3, _account.Runtime.Servers.Count); // two of them chat-0: it costs money
        Assert.Equal(0, (await _account.UpAsync(Account.Plan("local"))).Succeeded().Summary.Changes);
        Assert.Contains("chat-0, interrupted while creating", _account.Warning, StringComparison.Ordinal); // it stays pending

        _account.Change(change => DeleteByHand(change, killed.Only(Types.Droplet, "chat-0")));
        await _account.RefreshAsync();
        await HealthyAsync(Account.Plan("local"), servers: 2);
    }

    [Fact]
    public async Task An_imported_Droplet_is_replaced_by_the_next_run()
    {
        Interrupts(Operation.Create, Types.Droplet, "chat-0", "the run was killed");
        var killed = await _account.UpAsync(Account.Plan("local"));
        Assert.NotNull(killed.Thrown);
        var stray = killed.Only(Types.Droplet, "chat-0").Id!;
        await _account.SettleAsync();
        await _account.RefreshAsync((Types.Droplet, "chat-0", stray));
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Assert.Contains(_account.Events, reported => reported is { Operation: Operation.Replace, Name: "chat-0", Type: Types.Droplet });
        Assert.DoesNotContain(Objects(), known => known.Id == stray);
    }

    [Fact]
    public async Task The_name_of_a_load_balancer_in_deletion_stays_in_use_for_a_while_and_the_next_run_gets_it()
    {
        Breaks($"slow-deletion:{Balancer}*1/2m");
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        _account.Options = _account.Options with { Replace = new HashSet<(string, string)> { (Types.LoadBalancer, "chat") } };
        Assert.EndsWith("name is not unique", (await _account.UpAsync(Account.Plan("local"))).Refusal, StringComparison.Ordinal);
        _account.Options = _account.Options with { Replace = new HashSet<(string, string)>() };
        Assert.EndsWith("name is not unique", (await _account.UpAsync(Account.Plan("local"))).Refusal, StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromMinutes(2));
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        await HealthyAsync(Account.Plan("local"), servers: 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_load_balancer_that_takes_too_long_cannot_be_updated_until_it_is_ready_and_then_the_next_run_goes_on(bool refreshes)
    {
        Breaks($"late-address:{Balancer}*1/30m");
        var plan = Account.Plan("prod");
        Assert.Equal(
            $"Error waiting for Load Balancer ({Balancer}) to become active: timeout while waiting for state to "
                + "become 'active' (last state: 'new', timeout: 10m0s)",
            (await PassingAsync(() => _account.UpAsync(plan), IsLater)).Refusal);
        Assert.EndsWith("Load Balancer can't be updated while it processes previous actions", (await _account.UpAsync(plan)).Refusal,
            StringComparison.Ordinal);
        if (refreshes)
        {
            await _account.RefreshAsync();
            Assert.Contains("domains/example.com/records: 422", (await _account.UpAsync(plan)).Refusal, StringComparison.Ordinal);
        }
        _clock.Advance(TimeSpan.FromMinutes(30));
        await _account.SettleAsync();
        if (refreshes)
        {
            await _account.RefreshAsync();
        }
        (await _account.UpAsync(plan)).Succeeded();
        await HealthyAsync(plan, servers: 2);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(30, false)]
    public async Task A_VPC_is_asked_to_go_until_its_last_member_has_gone_or_ten_minutes_are_over(int minutes, bool goes)
    {
        Breaks($"slow-deletion:{Balancer}*1/{minutes}m");
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        var run = await PassingAsync(() => _account.DownAsync(), IsLater);
        if (!goes)
        {
            Assert.Contains("409 (request", run.Refusal, StringComparison.Ordinal);
            _clock.Advance(TimeSpan.FromMinutes(minutes));
            run = await _account.DownAsync();
        }
        Assert.Empty(run.Succeeded().Resources);
        Assert.Empty(Objects());
    }

    private void Breaks(string fault) => _account.Change(change => AccountFaults.Add(change, fault));

    /// <summary>The first operation of that kind on the resource ends with an unknown result.</summary>
    private void Interrupts(Operation operation, string type, string name, string message)
    {
        var done = 0;
        _account.Options = _account.Options with
        {
            Interrupt = (asked, resource) =>
            {
                if (asked == operation && resource.Is(type, name) && Interlocked.Exchange(ref done, 1) == 0)
                {
                    throw new IOException(message);
                }
            },
        };
    }

    private bool IsLater(Work work) => work.DueAt > _clock.GetUtcNow();

    /// <summary>A run during which time passes, but only while everything that is under way waits for that.</summary>
    private Task<Run> PassingAsync(Func<Task<Run>> run, Func<Work, bool> waits) => _clock.DuringAsync(TimeSpan.FromSeconds(10), run,
        () => _account.State.All<Work>() is { Count: > 0 } works && works.All(waits));

    private void DeleteByHand(AccountChange change, CloudResource resource)
    {
        var id = resource.Id!;
        switch (resource.Type)
        {
            case Types.SshKey:
                SshKeys.Delete(change, id);
                break;
            case Types.Tag:
                ResourceTags.Delete(change, id);
                break;
            case Types.Volume:
                change.Remove(change.Get<Volume>(id));
                break;
            case Types.Certificate:
                change.Remove(change.All<Certificate>().Single(certificate => certificate.Name == id));
                break;
            case Types.Droplet:
                DropletRecords.Remove(change, change.Get<Droplet>(id));
                Assert.True(_account.Runtime.Servers.TryRemove(id, out _));
                break;
            case Types.LoadBalancer:
                LoadBalancers.Delete(change, id);
                break;
            case Types.Firewall:
                Firewalls.Delete(change, id);
                break;
            case Types.DnsRecord:
                Domains.DeleteRecord(change, resource.Inputs.Text("domain"), long.Parse(id, CultureInfo.InvariantCulture));
                break;
            default:
                throw new NotSupportedException(resource.Type);
        }
    }

    /// <summary>What the account has by a stack: not what it had before, nor tags that came with a Droplet.</summary>
    private List<(string Type, string Id)> Objects()
    {
        var state = _account.State;
        return
        [
            .. state.All<Vpc>().Where(vpc => !vpc.Default).Select(vpc => (Types.Vpc, vpc.Id)),
            .. state.All<Tag>().Where(tag => tag.Name.StartsWith("inference:", StringComparison.Ordinal))
                .Select(tag => (Types.Tag, tag.Name)),
            .. state.All<SshKey>().Select(key => (Types.SshKey, key.Key)),
            .. state.All<Firewall>().Select(firewall => (Types.Firewall, firewall.Id)),
            .. state.All<Volume>().Select(volume => (Types.Volume, volume.Id)),
            .. state.All<Droplet>().Select(droplet => (Types.Droplet, droplet.Key)),
            .. state.All<LoadBalancer>().Select(balancer => (Types.LoadBalancer, balancer.Id)),
            .. state.All<Certificate>().Select(certificate => (Types.Certificate, certificate.Name)),
            .. state.All<DnsRecord>().Where(record => record.Type is not ("SOA" or "NS")).Select(record => (Types.DnsRecord, record.Key)),
        ];
    }

    /// <summary>Nothing is left to do, nothing is pending, and what the account has is what the state has.</summary>
    private async Task HealthyAsync(StackPlan plan, int servers)
    {
        var run = (await _account.UpAsync(plan)).Succeeded();
        Assert.Equal(0, run.Summary.Changes);
        Assert.Null(_account.Warning);
        Assert.Equal(servers, _account.Runtime.Servers.Count);
        Assert.Equal(run.Resources.Where(resource => resource.Type.StartsWith("digitalocean:", StringComparison.Ordinal))
            .Select(resource => (resource.Type, resource.Id!)).Order(), Objects().Order());
        Assert.All(_account.State.All<Droplet>(), droplet => Assert.Equal(Droplet.Active, droplet.Status));
        Assert.All(_account.State.All<LoadBalancer>(), balancer => Assert.Equal(LoadBalancer.Active, balancer.Status));
        Assert.All(_account.State.All<Certificate>(), certificate => Assert.Equal(Certificate.Verified, certificate.State));
    }

    private static StackPlan Bigger() => Account.Plan("local", ("inference:endpoints", Json("local", "size", "gpu-6000adax1-48gb")));

    private static string Json(string stack, string key, JsonNode value)
    {
        var endpoints = JsonNode.Parse(StackFiles.Config(stack)["inference:endpoints"])!;
        endpoints["chat"]![key] = value;
        return endpoints.ToJsonString();
    }
}
