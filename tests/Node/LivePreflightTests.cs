namespace Infra.Tests.Node;

/// <summary>What <c>live/run</c> refuses before anything is made, each in one message with its fix.</summary>
public sealed class LivePreflightTests
{
    [Theory]
    [InlineData("DIGITALOCEAN_TOKEN", "", "DIGITALOCEAN_TOKEN is not set")]
    [InlineData("DIGITALOCEAN_TOKEN", "two words", "no part of a token")]
    [InlineData("LIVE_REGION", "nowhere", "LIVE_REGION: 'nowhere' must be")]
    [InlineData("LIVE_REGION", "nyc2", "is unavailable in nyc2 now; it is available in: tor1")]
    [InlineData("LIVE_SIZE", "gpu-h100x1-80gb", "this account has no size gpu-h100x1-80gb")]
    [InlineData("LIVE_SIZE", "s-1vcpu", "LIVE_SIZE: 's-1vcpu' must be")]
    [InlineData("LIVE_MAX_USD", "2.33", "may cost 2.34 USD, and LIVE_MAX_USD is 2.33")]
    [InlineData("LIVE_MAX_USD", "much", "LIVE_MAX_USD: 'much' must be")]
    [InlineData("LIVE_MINUTES", "5", "LIVE_MINUTES: '5' must be")]
    [InlineData("LIVE_STACK", "prod", "LIVE_STACK: 'prod' must be")]
    [InlineData("LIVE_DOMAIN", "a b", "LIVE_DOMAIN: 'a b' must be")]
    [InlineData("LIVE_ADMIN_CIDR", "0.0.0.0/0", "LIVE_ADMIN_CIDR: '0.0.0.0/0' must be")]
    public async Task A_wrong_environment_is_refused(string name, string value, string message)
    {
        using var live = new LiveStage();
        await IsRefusedAsync(live, message, (name, value));
    }

    [Theory]
    [InlineData("401 GET /v2/account", "does not know DIGITALOCEAN_TOKEN")]
    [InlineData("403 GET /v2/load_balancers\n403 GET /v2/vpcs", "lacks scopes: vpc:read load_balancer:read")]
    [InlineData("403 DELETE /v2/droplets/0", "lacks scopes: droplet:delete")]
    [InlineData("500 GET /v2/account", "does not answer: 500 refused for the test")]
    [InlineData("500 GET /v2/sizes", "does not answer")]
    public async Task A_token_that_cannot_do_it_all_is_refused_by_what_it_lacks(string answers, string message)
    {
        using var live = new LiveStage();
        live.Put("answers", answers + "\n");
        await IsRefusedAsync(live, message);
    }

    [Fact]
    public async Task Another_run_under_way_is_left_untouched()
    {
        using var live = new LiveStage();
        live.PutDroplet("5", "2027-01-15T07:00:00Z", "inference:live");
        await IsRefusedAsync(live, "there are Droplets under the tag inference:live");
        Assert.True(live.Exists("droplets/5"));
    }

    [Fact]
    public async Task A_load_balancer_of_an_earlier_run_is_named()
    {
        using var live = new LiveStage();
        live.Put("load_balancers/old", """{"id": "old", "name": "inference.live.chat"}""");
        await IsRefusedAsync(live, "there is a load balancer of live already");
        Assert.True(live.Exists("load_balancers/old"));
    }

    [Theory]
    [InlineData("v3.99.0")]
    [InlineData("v3.225.1")]
    public async Task An_old_CLI_is_refused(string version)
    {
        using var live = new LiveStage();
        live.Put("cli", version + "\n");
        await IsRefusedAsync(live, "must be 3.226.0 or newer");
    }

    [Fact]
    public async Task The_cost_is_printed_without_a_token_and_without_a_call()
    {
        using var live = new LiveStage();
        var result = await live.RunAsync("run", ["cost"], ("DIGITALOCEAN_TOKEN", ""));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("0.7779 USD per hour by the catalog (catalog of 2026-10-08); at most 2.34 USD for 150 minutes", result.Errors,
            StringComparison.Ordinal);
        Assert.Equal("infra preview live --json\n", live.Calls);
        Assert.False(live.KeepsState);
    }

    [Fact]
    public async Task The_stack_is_that_of_the_environment_and_its_limit_what_the_cap_leaves_for_an_hour()
    {
        using var live = new LiveStage();
        live.Put("no-capacity", "");
        live.Put("sizes/large", """{"slug": "gpu-l40sx1-48gb", "available": true, "regions": ["nyc2"]}""");
        await live.RunAsync(("LIVE_REGION", "nyc2"), ("LIVE_SIZE", "gpu-l40sx1-48gb"), ("LIVE_MAX_USD", "2.40"), ("LIVE_MINUTES", "150"),
            ("LIVE_STACK", "live-x"));

        var stack = await File.ReadAllTextAsync(live.InCloud("stack"), TestContext.Current.CancellationToken);
        Assert.All(
            ["region: nyc2\n", $"adminCidrs: [\"{LiveStage.OperatorAddress}/32\"]\n", "maxHourlyUsd: \"0.8\"\n",
                "tags: [\"inference-run-live-x\"]\n", "size: gpu-l40sx1-48gb\n"],
            line => Assert.Contains(line, stack, StringComparison.Ordinal));
    }

    private static async Task IsRefusedAsync(LiveStage live, string message, params (string Name, string Value)[] environment)
    {
        var result = await live.RunAsync(environment);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Contains("\n  fix: ", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("pulumi up", live.Calls, StringComparison.Ordinal);
        Assert.DoesNotContain("pulumi stack init", live.Calls, StringComparison.Ordinal);
        Assert.False(live.KeepsState);
    }
}
