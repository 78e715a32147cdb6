namespace Infra.Tests.Node;

/// <summary><c>live/janitor</c>: deletes a run's resources only with the API, and nothing of others.</summary>
public sealed class LiveJanitorTests
{
    private const string Old = "2027-01-15T01:00:00Z";
    private const string New = "2027-01-15T07:59:00Z";

    [Fact]
    public async Task Everything_of_the_run_is_deleted_and_nothing_of_others()
    {
        using var live = new LiveStage();
        live.PutDroplet("1", Old, "inference:live", "inference:live:chat");
        live.PutDroplet("2", Old, "inference:live-two");
        live.PutDroplet("3", Old, "inference:prod");
        live.Put("load_balancers/a", """{"id": "a", "name": "inference.live.chat"}""");
        live.Put("load_balancers/b", """{"id": "b", "name": "inference.live-two.chat"}""");
        live.Put("firewalls/c", """{"id": "c", "name": "inference.live"}""");
        live.Put("ssh_keys/4", """{"id": 4, "name": "inference.live"}""");
        live.Put("vpcs/d", """{"id": "d", "name": "inference.live"}""");
        live.Put("vpcs/e", """{"id": "e", "name": "inference.prod"}""");
        live.Put("tags/inference:live", """{"name": "inference:live"}""");
        live.Put("tags/inference:live-two", """{"name": "inference:live-two"}""");
        var result = await live.RunAsync("janitor", []);

        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("nothing of live is left", result.Errors, StringComparison.Ordinal);
        Assert.All(["droplets/1", "load_balancers/a", "firewalls/c", "ssh_keys/4", "vpcs/d", "tags/inference:live"],
            gone => Assert.False(live.Exists(gone), gone));
        Assert.All(["droplets/2", "droplets/3", "load_balancers/b", "vpcs/e", "tags/inference:live-two"],
            kept => Assert.True(live.Exists(kept), kept));
    }

    [Fact]
    public async Task A_Droplet_that_the_list_by_tag_forgets_is_found_among_the_GPU_Droplets()
    {
        using var live = new LiveStage();
        live.Put("forgets-tags", "");
        live.PutDroplet("1", Old, "inference:live");
        var result = await live.RunAsync("janitor", []);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.False(live.Exists("droplets/1"));
    }

    [Fact]
    public async Task A_slow_deletion_is_repeated_and_polled_until_it_is_done()
    {
        using var live = new LiveStage();
        live.PutDroplet("1", Old, "inference:live");
        live.Put("slow", "once\ntwice\n");
        var result = await live.RunAsync("janitor", []);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("Droplet 1: gone after 60 s", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("403 DELETE /v2/droplets/1", "Droplet 1: still there after 1800 s; DigitalOcean says: 403 refused for the test")]
    [InlineData("403 GET /v2/droplets?tag_name=inference%3Alive", "did not say what there is (403 refused for the test)")]
    [InlineData("500 GET /v2/droplets?type=gpus", "did not say what there is (500 refused for the test)")]
    [InlineData("200 GET /v2/droplets?tag_name=inference%3Alive", "did not say what there is (200 refused for the test)")]
    public async Task What_is_not_known_to_be_gone_is_no_success(string answers, string message)
    {
        using var live = new LiveStage();
        live.PutDroplet("1", Old, "inference:live");
        live.Put("answers", answers + "\n");
        var result = await live.RunAsync("janitor", []);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.True(live.Exists("droplets/1"));
    }

    [Fact]
    public async Task What_costs_nothing_and_stays_is_named_and_is_no_failure()
    {
        using var live = new LiveStage();
        live.Put("vpcs/d", """{"id": "d", "name": "inference.live"}""");
        live.Put("answers", "403 DELETE /v2/vpcs/d\n");
        var result = await live.RunAsync("janitor", []);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains("nothing of live that costs money is left; 1 things that cost nothing are", result.Errors,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(New, true)]
    [InlineData(Old, false)]
    public async Task With_an_age_a_run_under_way_is_left_untouched(string createdAt, bool stays)
    {
        using var live = new LiveStage();
        live.PutDroplet("1", createdAt, "inference:live");
        var result = await live.RunAsync("janitor", ["--older-than", "300"]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(stays, live.Exists("droplets/1"));
    }

    [Theory]
    [InlineData(New, true)]
    [InlineData(Old, false)]
    public async Task With_an_age_a_run_that_has_no_Droplet_yet_is_left_untouched(string createdAt, bool stays)
    {
        using var live = new LiveStage();
        live.Put("load_balancers/a", $$"""{"id": "a", "name": "inference.live.chat", "created_at": "{{createdAt}}"}""");
        live.Put("vpcs/d", """{"id": "d", "name": "inference.live"}""");
        var result = await live.RunAsync("janitor", ["--older-than", "300"]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(stays, live.Exists("load_balancers/a"));
        Assert.Equal(stays, live.Exists("vpcs/d"));
    }

    [Fact]
    public async Task With_an_age_what_costs_nothing_is_left_untouched()
    {
        using var live = new LiveStage();
        live.Put("vpcs/d", """{"id": "d", "name": "inference.live"}""");
        var result = await live.RunAsync("janitor", ["--older-than", "300"]);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.True(live.Exists("vpcs/d"));
    }

    [Theory]
    [InlineData("--stack", "prod")]
    [InlineData("--stack", "live'")]
    [InlineData("--stack", null)]
    [InlineData("--older-than", "soon")]
    [InlineData("--everything", "yes")]
    public async Task A_wrong_option_touches_nothing(string option, string? value)
    {
        using var live = new LiveStage();
        live.PutDroplet("1", Old, "inference:live", "inference:prod");
        var result = await live.RunAsync("janitor", value is null ? [option] : [option, value]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("fix: ", result.Errors, StringComparison.Ordinal);
        Assert.Equal("", live.Calls);
    }
}
