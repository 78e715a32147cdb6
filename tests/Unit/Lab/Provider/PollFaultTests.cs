using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.DigitalOcean.LoadBalancers;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Manners;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Plan;
using Infra.Tests.Deployments;
using Microsoft.Extensions.Time.Testing;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>Faults of what the provider asks while it waits, and of a refresh; deletions that it sends again.</summary>
[Collection(SerialDeployments.Name)]
public sealed class PollFaultTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Account _account;

    public PollFaultTests() => _account = new() { Clock = _clock };

    public void Dispose() => _account.Dispose();

    [Theory]
    [InlineData("local", "503:GET /v2/droplets/*",
        "^Error waiting for droplet \\([0-9]+\\) to become ready: Error retrieving droplet: GET https://api.digitalocean.com/v2/droplets/"
            + "[0-9]+: 503 \\(request \"[0-9a-f-]{36}\"\\) Unexpected server-side error; giving up after 5 attempt\\(s\\)$")]
    [InlineData("local", "missing-scope:load_balancer:read",
        "^Error waiting for Load Balancer \\(inference.test.chat\\) to become active: Error issuing read request in "
            + "LoadbalancerStateRefreshFunc to DigitalOcean for Load Balancer '[0-9a-f-]{36}': GET .*: 403 \\(")]
    [InlineData("prod", "cut:GET /v2/certificates/*",
        "^Error waiting for certificate \\(chat-[0-9a-f]{7}\\) to become active: Error retrieving certificate: "
            + "Get \"https://api.digitalocean.com/v2/certificates/[0-9a-f-]{36}\": EOF$")]
    [InlineData("prod", "422:GET /v2/certificates",
        "^Error retrieving Certificate: Error retrieving certificates: GET https://api.digitalocean.com/v2/certificates: 422 \\(")]
    public async Task A_question_that_fails_ends_the_wait_and_the_next_run_continues(string stack, string fault, string words)
    {
        Breaks(fault);

        var run = await PassingAsync(() => _account.UpAsync(Account.Plan(stack)));

        Assert.NotEmpty(run.Failures);
        Assert.All(run.Failures, failure => Assert.Matches(words, failure.Message));
        var servers = _account.State.All<Droplet>().Select(droplet => droplet.Key).ToList();
        Clear();
        (await _account.UpAsync(Account.Plan(stack))).Succeeded();
        // What it gave up waiting for was created, and the engine knew.
        Assert.All(servers, id => Assert.NotNull(_account.State.Find<Droplet>(id)));
        Assert.Equal(2, _account.State.All<Droplet>().Count);
        Assert.All(_account.State.All<Droplet>(), droplet => Assert.Equal(Droplet.Active, droplet.Status));
        Assert.Single(_account.State.All<LoadBalancer>());
    }

    [Fact]
    public async Task A_question_is_asked_again_as_any_request_is()
    {
        Breaks("429:GET /v2/load_balancers/**1/7s");

        (await PassingAsync(() => _account.UpAsync(Account.Plan("local")))).Succeeded();

        Assert.Empty(_account.State.All<Fault>());
        Assert.Contains(_account.Events, known => known is { Phase: Phase.Retried, Type: Types.LoadBalancer, Operation: Operation.Create }
            && known.Message!.EndsWith(": 429, again in 7 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_wait_for_an_action_asks_for_that_action()
    {
        (await _account.UpAsync(Volume(50))).Succeeded();
        Breaks("500:GET /v2/actions/*");

        var refusal = (await PassingAsync(() => _account.UpAsync(Volume(80)))).Refusal;

        var action = _account.State.All<AccountAction>().Last(action => action.ResourceType == "volume");
        Assert.StartsWith($"Error waiting for resize volume ({action.Subject}) to finish: GET https://api.digitalocean.com/v2/actions/"
            + $"{action.Key}: 500 (", refusal, StringComparison.Ordinal);
        Clear();
        (await _account.UpAsync(Volume(80))).Succeeded();
        Assert.Equal(80, Assert.Single(_account.Runtime.Volumes.Values).SizeGiB);
    }

    [Fact]
    public async Task A_deletion_fails_if_the_Droplet_cannot_be_read()
    {
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Breaks("503:GET /v2/droplets/*");

        Assert.Matches("^Error waiting for droplet to be unlocked for destroy \\([0-9]+\\): Error retrieving droplet: GET .*: 503 \\(",
            (await PassingAsync(() => _account.DownAsync())).Refusal);

        Clear();
        Assert.Empty((await PassingAsync(() => _account.DownAsync())).Succeeded().Resources);
    }

    [Fact]
    public async Task A_refresh_that_cannot_read_a_resource_fails_and_keeps_it()
    {
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Breaks("503:GET /v2/firewalls/*");

        var run = await PassingAsync(() => _account.DownAsync(refresh: true));

        Assert.StartsWith("Error retrieving firewall: GET ", run.Refusal, StringComparison.Ordinal);
        Assert.Contains(run.Resources, resource => resource.Type == Types.Firewall);
        Clear();
        Assert.Empty((await PassingAsync(() => _account.DownAsync(refresh: true))).Succeeded().Resources);
    }

    [Theory]
    [InlineData("503:DELETE /v2/droplets/*",
        "Error deleting droplet: timeout while waiting for state to become 'Not Found' (last state: 'active', timeout: 1m0s)", false)]
    [InlineData("cut:DELETE /v2/vpcs/*", "rpc error: code = Unavailable desc = error reading from server: EOF", true)]
    public async Task Like_the_provider_a_refused_deletion_of_a_Droplet_is_a_timeout_and_a_lost_answer_ends_the_plugin(
        string fault, string words, bool isPending)
    {
        _account.Options = new() { IsLikePulumi = true };
        (await _account.UpAsync(Account.Plan("local"))).Succeeded();
        Breaks(fault);

        Assert.Equal(words, (await PassingAsync(() => _account.DownAsync(), () => !isPending || HasNoDroplet())).Refusal);

        Clear();
        Assert.Empty((await PassingAsync(() => _account.DownAsync(refresh: true))).Succeeded().Resources);
        Assert.Equal(isPending, _account.Warning is not null);
    }

    [Theory]
    [InlineData(true, 14, true)]
    [InlineData(false, 14, true)]
    [InlineData(true, 16, false)]
    [InlineData(false, 16, false)]
    public async Task The_deletion_of_a_certificate_is_sent_again_for_fifteen_minutes_while_a_load_balancer_has_it(
        bool isLikePulumi, int minutes, bool goes)
    {
        _account.Options = new() { IsLikePulumi = isLikePulumi };
        var run = (await _account.UpAsync(Account.Plan("prod"))).Succeeded();
        var certificate = run.Only(Types.Certificate, "chat").Outputs.Text("uuid");
        _account.Change(change => LoadBalancers.Create(change, new()
        {
            Name = "another",
            Region = "tor1",
            ForwardingRules = [new("https", 443, "http", 80, certificate)],
        }));
        var begun = _clock.GetUtcNow();
        DateTimeOffset? free = begun.AddMinutes(minutes);

        run = await PassingAsync(() => _account.DownAsync(), () =>
        {
            if (_clock.GetUtcNow() >= free)
            {
                free = null;
                _account.ChangeNow(change =>
                    LoadBalancers.Delete(change, change.All<LoadBalancer>().Single(of => of.Name == "another").Id));
            }
            return HasNoDroplet();
        });

        if (goes)
        {
            Assert.Empty(run.Succeeded().Resources);
            Assert.InRange(_clock.GetUtcNow() - begun, TimeSpan.FromMinutes(minutes), TimeSpan.FromMinutes(minutes + 1));
            return;
        }
        Assert.Matches($"^Error deleting Certificate: DELETE https://api.digitalocean.com/v2/certificates/{certificate}: 403 \\(request "
            + "\"[0-9a-f-]{36}\"\\) Make sure the certificate is not in use before deleting it$", run.Refusal);
        Assert.InRange(_clock.GetUtcNow() - begun, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(16));
    }

    [Theory]
    [InlineData("digitalocean:index/loadBalancer:LoadBalancer", "0 15 10 10")]
    [InlineData("digitalocean:index/droplet:Droplet", "10 3 6 10")]
    public void Questions_are_as_far_apart_as_the_providers(string type, string seconds) => Assert.Equal(seconds,
        string.Join(' ', ProviderManners.Current.Of(type)!.Create!.Polls.Waits().Take(4).Select(wait => wait.TotalSeconds)));

    private static StackPlan Volume(int gib) => Account.Plan("local", ("inference:endpoints",
        "{\"chat\":{\"model\":\"mistralai/Ministral-3-3B-Instruct-2512\",\"size\":\"gpu-4000adax1-20gb\",\"contextLength\":4096,"
            + $"\"cacheVolumeGiB\":{gib}}}}}"));

    /// <summary>A run during which time passes, but only when it may: the provider's own limits hold on a busy machine, too.</summary>
    private Task<Run> PassingAsync(Func<Task<Run>> run, Func<bool>? when = null) =>
        _clock.DuringAsync(TimeSpan.FromSeconds(1), run, when);

    private bool HasNoDroplet() => _account.State.All<Droplet>().Count == 0;

    private void Breaks(string fault) => _account.Change(change => AccountFaults.Add(change, fault));

    private void Clear() => _account.Change(change => AccountFaults.Remove(change, null));
}
