namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Projects, alert policies and uptime checks as the API keeps them.</summary>
public sealed class ProjectTests
{
    private const string Projects = "/v2/projects";

    [Fact]
    public async Task What_no_project_has_belongs_to_the_default_one()
    {
        await using var api = await ApiClient.StartAsync();
        var urn = await UrnAsync(api);
        var made = await api.PostAsync(Projects, """{"name": "mine", "purpose": "vLLM", "environment": "production"}""");
        var id = (string)made.Body!["project"]!["id"]!;

        var before = await api.GetAsync($"{Projects}/default/resources");
        var assigned = await api.PostAsync($"{Projects}/{id}/resources", $$"""{"resources": ["{{urn}}", "do:droplet:1"]}""");
        var again = await api.PostAsync($"{Projects}/{id}/resources", $$"""{"resources": ["{{urn}}"]}""");
        var held = await api.DeleteAsync($"{Projects}/{id}");
        await api.PostAsync($"{Projects}/default/resources", $$"""{"resources": ["{{urn}}"]}""");
        var gone = await api.DeleteAsync($"{Projects}/{id}");

        Assert.Equal(("Other: vLLM", "Production"), (
            (string?)made.Body["project"]!["purpose"], (string?)made.Body["project"]!["environment"]));
        Assert.Equal([urn], before.Body!["resources"]!.AsArray().Select(one => (string)one!["urn"]!));
        Assert.Equal(["assigned", "not_found"], assigned.Body!["resources"]!.AsArray().Select(one => (string)one!["status"]!));
        Assert.Equal("already_assigned", (string?)again.Body!["resources"]![0]!["status"]);
        Assert.Equal((412, "cannot delete a project with resources", 204), (held.Status, held.Message, gone.Status));
    }

    [Theory]
    [InlineData("POST", "", """{"name": "mine", "purpose": "p"}""", 409)]
    [InlineData("POST", "", """{"purpose": "p"}""", 422)]
    [InlineData("POST", "", """{"name": "x"}""", 422)]
    [InlineData("POST", "", """{"name": "x", "purpose": "p", "environment": "Moon"}""", 422)]
    [InlineData("PUT", "/default", """{"name": "x"}""", 422)]
    [InlineData("POST", "/default/resources", """{"resources": ["droplet"]}""", 422)]
    [InlineData("GET", "/5a4981aa-9653-4bd1-bef5-d6bff52042e4", null, 404)]
    public async Task A_wrong_request_is_refused(string method, string path, string? request, int status)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Projects, """{"name": "mine", "purpose": "p"}""");

        Assert.Equal(status, (await api.SendAsync(method, Projects + path, request)).Status);
    }

    [Fact]
    public async Task Another_project_becomes_the_default_and_stays()
    {
        await using var api = await ApiClient.StartAsync();
        var first = (string)(await api.GetAsync($"{Projects}/default")).Body!["project"]!["id"]!;
        var made = await api.PostAsync(Projects, """{"name": "mine", "purpose": "Service or API"}""");
        var id = (string)made.Body!["project"]!["id"]!;

        await api.SendAsync("PATCH", $"{Projects}/{id}", """{"is_default": true}""");

        Assert.Equal(id, (string?)(await api.GetAsync($"{Projects}/default")).Body!["project"]!["id"]);
        Assert.Equal(412, (await api.DeleteAsync($"{Projects}/{id}")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{Projects}/{first}")).Status);
    }

    [Fact]
    public async Task An_alert_policy_is_kept_as_it_was_sent()
    {
        await using var api = await ApiClient.StartAsync();
        const string policies = "/v2/monitoring/alerts";
        const string policy = """
            {"type": "v1/insights/droplet/cpu", "description": "CPU", "compare": "GreaterThan", "value": 80.5, "window": "5m",
            "entities": ["1"], "tags": ["web"], "alerts": {"email": ["a@example.com"], "slack": []}, "enabled": true}
            """;

        var made = await api.PostAsync(policies, policy);
        var id = (string)made.Body!["policy"]!["uuid"]!;
        var changed = await api.PutAsync($"{policies}/{id}", policy.Replace("80.5", "90", StringComparison.Ordinal));

        Assert.Equal((200, 80.5m), (made.Status, (decimal)made.Body["policy"]!["value"]!));
        Assert.Equal(90m, (decimal)changed.Body!["policy"]!["value"]!);
        Assert.Equal(422, (await api.PostAsync(policies, policy.Replace("droplet/cpu", "droplet/gpu", StringComparison.Ordinal))).Status);
        Assert.Equal(422, (await api.PostAsync(policies, policy.Replace("5m", "6m", StringComparison.Ordinal))).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{policies}/{id}")).Status);
        Assert.Equal(404, (await api.GetAsync($"{policies}/{id}")).Status);
    }

    [Fact]
    public async Task An_uptime_check_has_alerts_which_go_with_it()
    {
        await using var api = await ApiClient.StartAsync();
        const string checks = "/v2/uptime/checks";

        var made = await api.PostAsync(checks, """{"name": "api", "target": "https://api.example.com"}""");
        var id = (string)made.Body!["check"]!["id"]!;
        var state = await api.GetAsync($"{checks}/{id}/state");
        var alert = await api.PostAsync($"{checks}/{id}/alerts", """
            {"name": "slow", "type": "latency", "threshold": 300, "comparison":
            "greater_than", "period": "2m", "notifications": {"email": [], "slack": []}}
            """);
        var path = $"{checks}/{id}/alerts/{alert.Body!["alert"]!["id"]}";

        Assert.Equal(("https", true), ((string?)made.Body["check"]!["type"], (bool)made.Body["check"]!["enabled"]!));
        Assert.Equal("CHECKING", (string?)state.Body!["state"]!["regions"]!["us_east"]!["status"]);
        Assert.Equal((201, 200), (alert.Status, (await api.GetAsync(path)).Status));
        Assert.Equal(422, (await api.PostAsync(checks, """{"name": "api", "target": "api.example.com"}""")).Status);
        Assert.Equal(422, (await api.PostAsync($"{checks}/{id}/alerts", """{"name": "slow", "type": "moon", "period": "2m"}""")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{checks}/{id}")).Status);
        Assert.Equal(404, (await api.GetAsync(path)).Status);
    }

    private static async Task<string> UrnAsync(ApiClient api)
    {
        var made = await api.PostAsync("/v2/volumes", """{"name": "data", "region": "nyc2", "size_gigabytes": 1}""");
        return $"do:volume:{made.Body!["volume"]!["id"]}";
    }
}
