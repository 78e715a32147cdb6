using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Faults;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Faults on demand, and the rate limit.</summary>
public sealed class FaultTests
{
    private const string Vpcs = "/v2/vpcs";
    private const string Balancers = "/v2/load_balancers";
    private const string Balancer = """
        {"name": "web", "region": "tor1", "forwarding_rules": [
            {"entry_protocol": "tcp", "entry_port": 443, "target_protocol": "tcp", "target_port": 443}]}
        """;
    private const string Droplet = """{"name": "one", "region": "nyc2", "size": "gpu-h200x1-141gb", "image": "gpu-h100x1-base"}""";

    [Theory]
    [InlineData("out-of-stock:gpu-h200x8-1128gb@nyc2", "out-of-stock", "gpu-h200x8-1128gb@nyc2", null, null)]
    [InlineData("429:POST /v2/droplets**3", "429", "POST /v2/droplets*", 3, null)]
    [InlineData("cut*1", "cut", null, 1, null)]
    [InlineData("late-address:web-1*2/90s", "late-address", "web-1", 2, 90.0)]
    [InlineData("clock-skew/-1.5h", "clock-skew", null, null, -5400.0)]
    public void A_line_is_read_and_written(string line, string kind, string? what, int? count, double? seconds)
    {
        var fault = Fault.Parse(line);

        Assert.Equal((kind, what, count, seconds), (fault.Kind, fault.What, fault.Count, fault.Duration?.TotalSeconds));
        Assert.Equal(fault, Fault.Parse(fault.ToString()));
    }

    [Theory]
    [InlineData("", "KIND")]
    [InlineData("no-such", "kinds: out-of-stock")]
    [InlineData("out-of-stock", "SIZE@REGION")]
    [InlineData("422*0", "COUNT")]
    [InlineData("422*99999999999", "COUNT")]
    [InlineData("stuck-new/5m", "no duration")]
    public void A_wrong_line_is_explained(string line, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => Fault.Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_is_a_list_of_lines()
    {
        Assert.Equal(["cut*1", "503:GET *"], AccountFaults.ReadFile("""["cut*1", "503:GET *"]"""));
        Assert.Throws<FormatException>(() => AccountFaults.ReadFile("""{"cut": 1}"""));
        Assert.Throws<FormatException>(() => AccountFaults.ReadFile("""["cat"]"""));
    }

    [Fact]
    public async Task A_refusal_counts_and_changes_nothing_else()
    {
        await using var api = await FaultyAsync("out-of-stock:gpu-h200x1-141gb@nyc2*1");

        var refused = await api.PostAsync("/v2/droplets", Droplet);
        var made = await api.PostAsync("/v2/droplets", Droplet);

        Assert.Equal((422, "Size is not available in this region.", 202), (refused.Status, refused.Message, made.Status));
        Assert.Empty(api.Account.State.All<Fault>());
    }

    [Theory]
    [InlineData("429:GET /v2/vpcs*2", 429)]
    [InlineData("503:GET **2", 503)]
    [InlineData("422*2", 422)]
    [InlineData("wrong-token*2", 401)]
    [InlineData("missing-scope:vpc:read*2", 403)]
    public async Task Requests_fail_as_often_as_was_asked_for(string line, int status)
    {
        await using var api = await FaultyAsync(line);

        var answers = new[] { await api.GetAsync(Vpcs), await api.GetAsync(Vpcs), await api.GetAsync(Vpcs) };

        Assert.Equal([status, status, 200], answers.Select(answer => answer.Status));
    }

    [Fact]
    public async Task Too_many_requests_say_when_to_try_again()
    {
        await using var api = await FaultyAsync("429:GET **1/90s");

        var refused = await api.GetAsync(Vpcs);

        Assert.Equal("90", refused.Headers.GetValues("Retry-After").Single());
        Assert.All(["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"],
            name => Assert.Single(refused.Headers.GetValues(name)));
    }

    [Fact]
    public async Task A_cut_connection_leaves_what_the_request_did()
    {
        await using var api = await FaultyAsync("cut:POST **1");

        await Assert.ThrowsAsync<HttpRequestException>(() => api.PostAsync(Vpcs, """{"name": "first", "region": "nyc2"}"""));

        Assert.Equal(1, (int)(await api.GetAsync(Vpcs)).Body!["meta"]!["total"]!);
    }

    [Fact]
    public async Task A_stuck_droplet_is_new_until_the_fault_is_removed()
    {
        await using var api = await FaultyAsync("stuck-new:one");
        var id = (await api.PostAsync("/v2/droplets", Droplet)).Body!["droplet"]!["id"]!;
        // It boots, and has its address; only its state stays.
        await api.Account.UntilAsync(state => state.All<Infra.Lab.DigitalOcean.Droplets.Droplet>()
            .Any(one => one.PublicAddress is not null),
            TestContext.Current.CancellationToken);

        var stuck = await api.GetAsync($"/v2/droplets/{id}");
        Assert.Equal(1, api.Account.Change(change => AccountFaults.Remove(change, "stuck-new")));
        await api.SettleAsync();

        Assert.Equal("new", (string?)stuck.Body!["droplet"]!["status"]);
        Assert.Equal("active", (string?)(await api.GetAsync($"/v2/droplets/{id}")).Body!["droplet"]!["status"]);
    }

    [Fact]
    public async Task A_deletion_that_fails_leaves_the_droplet()
    {
        await using var api = await FaultyAsync("failed-deletion:one*1");
        var id = (await api.PostAsync("/v2/droplets", Droplet)).Body!["droplet"]!["id"]!;
        await api.SettleAsync();

        var accepted = await api.DeleteAsync($"/v2/droplets/{id}");
        await api.SettleAsync();
        var left = await api.GetAsync($"/v2/droplets/{id}");
        await api.DeleteAsync($"/v2/droplets/{id}");
        await api.SettleAsync();

        Assert.Equal((204, 200), (accepted.Status, left.Status));
        Assert.Equal(404, (await api.GetAsync($"/v2/droplets/{id}")).Status);
    }

    [Fact]
    public async Task A_late_address_comes_after_its_delay()
    {
        await using var api = await FaultyAsync("late-address:one*1/90s");
        var path = $"/v2/droplets/{(await api.PostAsync("/v2/droplets", Droplet)).Body!["droplet"]!["id"]}";
        await ApiClient.UntilAsync(() => api.Account.State.All<Fault>().Count == 0);

        var before = await api.GetAsync(path);
        await api.SettleAsync();

        Assert.Equal(("new", 0), (State(before), Public(before)));
        Assert.Equal(("active", 1), (State(await api.GetAsync(path)), Public(await api.GetAsync(path))));

        static string? State(ApiResponse answer) => (string?)answer.Body!["droplet"]!["status"];

        static int Public(ApiResponse answer) =>
            answer.Body!["droplet"]!["networks"]!["v4"]!.AsArray().Count(network => (string?)network!["type"] == "public");
    }

    [Fact]
    public async Task A_slow_deletion_leaves_the_droplet_for_its_time()
    {
        await using var api = await FaultyAsync("slow-deletion:one*1/1h");
        var path = $"/v2/droplets/{(await api.PostAsync("/v2/droplets", Droplet)).Body!["droplet"]!["id"]}";
        await api.SettleAsync();

        await api.DeleteAsync(path);
        await ApiClient.UntilAsync(() => api.Account.State.All<Fault>().Count == 0);
        var meanwhile = await api.GetAsync(path);
        var here = api.Host.Servers.Count;
        await api.SettleAsync();

        Assert.Equal((200, 1, 404), (meanwhile.Status, here, (await api.GetAsync(path)).Status));
        Assert.Empty(api.Host.Servers);
    }

    [Fact]
    public async Task A_load_balancer_gets_its_address_late_and_its_name_is_in_use_while_its_deletion_is_slow()
    {
        await using var api = await FaultyAsync("late-address:web*1/1h");
        api.Account.Change(change => AccountFaults.Add(change, "slow-deletion:web*1/1h"));
        var path = $"{Balancers}/{(await api.PostAsync(Balancers, Balancer)).Body!["load_balancer"]!["id"]}";
        var before = await api.GetAsync(path);
        await api.SettleAsync();
        var after = await api.GetAsync(path);

        await api.DeleteAsync(path);
        var refused = await api.PostAsync(Balancers, Balancer);
        await api.SettleAsync();
        var again = await api.PostAsync(Balancers, Balancer);

        Assert.Equal(("new", ""), View(before));
        Assert.Equal(("active", "198.51.100.2"), View(after));
        Assert.Equal((422, "name is not unique", 202), (refused.Status, refused.Message, again.Status));

        static (string?, string?) View(ApiResponse answer) =>
            ((string?)answer.Body!["load_balancer"]!["status"], (string?)answer.Body!["load_balancer"]!["ip"]);
    }

    [Fact]
    public async Task A_certificate_fails_or_never_comes()
    {
        await using var api = await FaultyAsync("no-certificate:web");
        api.Account.Change(change => AccountFaults.Add(change, "failed-certificate:bad"));
        await api.PostAsync("/v2/domains", """{"name": "example.com"}""");
        foreach (var name in new[] { "web", "bad", "good" })
        {
            await api.PostAsync("/v2/certificates",
                $$"""{"name": "{{name}}", "type": "lets_encrypt", "dns_names": ["{{name}}.example.com"]}""");
        }
        await api.PassAsync(TimeSpan.FromHours(2), state => StateOf("good") == "verified" && StateOf("bad") == "error");

        var held = StateOf("web");
        api.Account.Change(change => AccountFaults.Remove(change, "no-certificate"));
        await api.SettleAsync();

        Assert.Equal(("pending", "verified"), (held, StateOf("web")));

        string? StateOf(string name) =>
            api.Account.State.All<Infra.Lab.DigitalOcean.Certificates.Certificate>().Single(one => one.Name == name).State;
    }

    [Fact]
    public async Task A_skewed_clock_is_in_the_date_of_an_answer()
    {
        await using var api = await FaultyAsync("clock-skew*1/-1.5h");

        var skewed = await api.GetAsync(Vpcs);
        var right = await api.GetAsync(Vpcs);

        var wrong = api.Clock.GetUtcNow().AddHours(-1.5);
        Assert.Equal((wrong, true), (skewed.Headers.Date, right.Headers.Date != wrong));
    }

    [Fact]
    public async Task Headers_tell_the_rate_limit_and_with_the_real_pace_it_holds()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });

        var first = await api.GetAsync(Vpcs);
        for (var request = 0; request < 249; request++)
        {
            await api.GetAsync(Vpcs);
        }
        var refused = await api.GetAsync(Vpcs);
        api.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(("5000", "4999"), (Header(first, "RateLimit-Limit"), Header(first, "RateLimit-Remaining")));
        Assert.NotEmpty(Header(first, "x-request-id"));
        Assert.Equal((429, "60"), (refused.Status, Header(refused, "Retry-After")));
        Assert.Equal(200, (await api.GetAsync(Vpcs)).Status);

        static string Header(ApiResponse answer, string name) => answer.Headers.GetValues(name).Single();
    }

    private static async Task<ApiClient> FaultyAsync(string line)
    {
        var api = await ApiClient.StartAsync();
        api.Account.Change(change => AccountFaults.Add(change, line));
        return api;
    }
}
