using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.DigitalOcean.Faults;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;
using Infra.Tests.Deployments;
using Microsoft.Extensions.Time.Testing;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>Faults of requests under <c>./infra up</c>: the provider sends them again, and gives up, as DigitalOcean's does.</summary>
[Collection(SerialDeployments.Name)]
public sealed class RequestFaultTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 12, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Account _account;

    public RequestFaultTests() => _account = new() { Clock = _clock };

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_request_is_sent_again_after_one_two_four_and_eight_seconds()
    {
        Breaks("503:POST /v2/vpcs*4");

        (await UpAsync()).Succeeded();

        Assert.Equal(["1 s", "2 s", "4 s", "8 s"], Retries("POST /v2/vpcs: 503, again in "));
        Assert.Empty(_account.State.All<Fault>());
    }

    [Fact]
    public async Task The_fifth_failure_is_the_providers()
    {
        Breaks("500:POST /v2/vpcs");

        Assert.Matches(
            "^Error creating VPC: POST https://api.digitalocean.com/v2/vpcs: 500 \\(request \"[0-9a-f-]{36}\"\\) "
                + "Unexpected server-side error; giving up after 5 attempt\\(s\\)$", (await UpAsync()).Refusal);

        Clear();
        (await UpAsync()).Succeeded();
    }

    [Fact]
    public async Task After_too_many_requests_it_waits_as_long_as_the_answer_says()
    {
        Breaks("429:POST /v2/firewalls*2/37s");

        (await UpAsync()).Succeeded();

        Assert.Equal(["37 s", "37 s"], Retries("POST /v2/firewalls: 429, again in "));
    }

    [Theory]
    [InlineData("422:POST /v2/droplets*1", "Error creating droplet: POST https://api.digitalocean.com/v2/droplets: 422 (")]
    [InlineData("wrong-token:POST /v2/droplets*1", "Error creating droplet: POST https://api.digitalocean.com/v2/droplets: 401 (")]
    [InlineData("missing-scope:droplet:create*1", "Error creating droplet: POST https://api.digitalocean.com/v2/droplets: 403 (")]
    public async Task A_refusal_is_final(string fault, string words)
    {
        Breaks(fault);

        Assert.StartsWith(words, (await UpAsync()).Refusal, StringComparison.Ordinal);

        Assert.Empty(Retries(""));
        (await UpAsync()).Succeeded();
    }

    [Fact]
    public async Task A_request_whose_answer_is_lost_had_its_effect_and_is_sent_again()
    {
        Breaks("cut:POST /v2/droplets*1");

        var run = (await UpAsync()).Succeeded();

        // One more than the engine knows of, as at DigitalOcean: names of Droplets need not be unique.
        var known = run.Resources.Where(resource => resource.Type == Types.Droplet).Select(resource => resource.Id).ToHashSet();
        var stray = Assert.Single(_account.State.All<Droplet>(), droplet => !known.Contains(droplet.Key));
        Assert.Contains(_account.State.All<Droplet>(), droplet => droplet.Name == stray.Name && known.Contains(droplet.Key));
        Assert.Equal(["1 s"], Retries("POST /v2/droplets: connection lost, again in "));
    }

    [Fact]
    public async Task A_connection_that_is_always_cut_is_reported_as_the_HTTP_client_does()
    {
        Breaks("cut:GET /v2/vpcs/*");

        Assert.Matches("^Error reading VPC: Get \"https://api.digitalocean.com/v2/vpcs/[0-9a-f-]{36}\": EOF$", (await UpAsync()).Refusal);

        // It was created, and the engine knows: the next run continues with it.
        Assert.Single(_account.State.All<Vpc>(), vpc => !vpc.Default);
        Clear();
        (await UpAsync()).Succeeded();
        Assert.Single(_account.State.All<Vpc>(), vpc => !vpc.Default);
    }

    [Theory]
    [InlineData("503:GET /v2/sizes", "has an internal error")]
    [InlineData("wrong-token:GET /v2/sizes", "Unable to authenticate you")]
    public async Task The_question_for_the_sizes_fails_like_the_others(string fault, string words)
    {
        _account.AsksSizes = true;
        Breaks(fault);

        var message = (await UpAsync()).Thrown?.Message;

        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains("Error retrieving sizes: GET https://api.digitalocean.com/v2/sizes: ", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_whose_answer_is_lost_is_done_where_the_provider_takes_404_for_success()
    {
        (await UpAsync()).Succeeded();
        Breaks("cut:DELETE /v2/load_balancers/**2");

        var run = await PassingAsync(() => _account.DownAsync());

        Assert.Empty(run.Succeeded().Resources);
    }

    [Fact]
    public async Task A_deletion_whose_answer_is_lost_fails_where_the_provider_takes_404_for_an_error_and_a_refresh_helps()
    {
        (await UpAsync()).Succeeded();
        Breaks("cut:DELETE /v2/firewalls/**1");

        Assert.Matches("^Error deleting firewall: DELETE https://api.digitalocean.com/v2/firewalls/[0-9a-f-]{36}: 404 \\(request ",
            (await PassingAsync(() => _account.DownAsync())).Refusal);

        Assert.Empty((await PassingAsync(() => _account.DownAsync(refresh: true))).Succeeded().Resources);
    }

    private Task<Run> UpAsync() => PassingAsync(() => _account.UpAsync(Account.Plan("local")));

    /// <summary>A run during which time passes.</summary>
    private Task<Run> PassingAsync(Func<Task<Run>> run) => _clock.DuringAsync(TimeSpan.FromSeconds(1), run);

    private IEnumerable<string> Retries(string prefix) => _account.Events.Where(known => known.Phase == Phase.Retried)
        .Select(known => known.Message!).Where(message => message.StartsWith(prefix, StringComparison.Ordinal))
        .Select(message => message[prefix.Length..]);

    private void Breaks(string fault) => _account.Change(change => AccountFaults.Add(change, fault));

    private void Clear() => _account.Change(change => AccountFaults.Remove(change, null));
}
