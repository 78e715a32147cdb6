using System.Net;
using System.Net.Sockets;
using Infra.Lab.DigitalOcean.Monitoring;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Alert policies and uptime checks as the API keeps them.</summary>
public sealed class MonitoringTests
{
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
    public async Task A_list_that_a_client_sends_as_null_is_empty()
    {
        await using var api = await ApiClient.StartAsync();

        var policy = (await api.PostAsync("/v2/monitoring/alerts", """
            {"type": "v1/insights/droplet/cpu", "description": "CPU", "compare": "GreaterThan", "value": 80, "window": "5m",
            "entities": null, "tags": null, "alerts": {"email": ["a@example.com"], "slack": null}}
            """)).Body!["policy"]!;
        var check = await api.PostAsync("/v2/uptime/checks", """{"name": "api", "target": "https://api.example.com"}""");
        var alert = (await api.PostAsync($"/v2/uptime/checks/{check.Body!["check"]!["id"]}/alerts", """
            {"name": "down", "type": "down", "period": "2m", "notifications": {"email": null, "slack": [{"channel": "c", "url": "u"}]}}
            """)).Body!["alert"]!;

        Assert.Equal(("[]", "[]"), (policy["entities"]!.ToJsonString(), policy["tags"]!.ToJsonString()));
        Assert.Equal("""{"email":["a@example.com"],"slack":[]}""", policy["alerts"]!.ToJsonString());
        Assert.Equal("""{"email":[],"slack":[{"channel":"c","url":"u"}]}""", alert["notifications"]!.ToJsonString());
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
        Assert.Equal("[]", made.Body["check"]!["regions"]!.ToJsonString());
        Assert.Equal("CHECKING", (string?)state.Body!["state"]!["regions"]!["us_east"]!["status"]);
        Assert.Equal((201, 200), (alert.Status, (await api.GetAsync(path)).Status));
        Assert.Equal(422, (await api.PostAsync(checks, """{"name": "api", "target": "api.example.com"}""")).Status);
        Assert.Equal(422, (await api.PostAsync($"{checks}/{id}/alerts", """{"name": "slow", "type": "moon", "period": "2m"}""")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{checks}/{id}")).Status);
        Assert.Equal(404, (await api.GetAsync(path)).Status);
    }

    [Fact]
    public async Task A_check_is_asked_every_minute_and_its_state_tells_outages()
    {
        await using var api = await ApiClient.StartAsync();
        var made = await api.PostAsync(
            "/v2/uptime/checks", """{"name": "api", "target": "https://api.example.com", "regions": ["eu_west"]}""");
        var path = $"/v2/uptime/checks/{made.Body!["check"]!["id"]}/state";
        var probe = new Probe();
        using var stop = new CancellationTokenSource();
        var running = new UptimeProber(api.Account, probe).RunAsync(stop.Token);

        foreach (var isUp in new[] { true, false, false, true })
        {
            probe.IsUp = isUp;
            var next = api.Account.NextChange;
            while (!next.IsCompleted)
            {
                api.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }
        var state = (await api.GetAsync(path)).Body!["state"]!;
        await stop.CancelAsync();
        await running;

        Assert.Equal(("UP", 50m), (
            (string?)state["regions"]!["eu_west"]!["status"], (decimal)state["regions"]!["eu_west"]!["thirty_day_uptime_percentage"]!));
        Assert.InRange((int)state["previous_outage"]!["duration_seconds"]!, 120, 600);
    }

    [Fact]
    public async Task A_target_is_up_if_its_address_answers()
    {
        using var probe = new NetworkProbe();
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        Assert.True(await probe.IsUpAsync(Check("ping", "127.0.0.1"), TestContext.Current.CancellationToken));
        Assert.False(await probe.IsUpAsync(Check("http", $"http://127.0.0.1:{port}/"), TestContext.Current.CancellationToken));
        await using var api = await ApiClient.StartAsync();
        // 401: it answers, and not as it should.
        Assert.False(await probe.IsUpAsync(Check("http", $"{api.Address}v2/vpcs"), TestContext.Current.CancellationToken));
    }

    private static UptimeCheck Check(string type, string target) => new("id", "name", type, target, ["us_east"], true);

    private sealed class Probe : IUptimeProbe
    {
        public bool IsUp { get; set; }

        public Task<bool> IsUpAsync(UptimeCheck check, CancellationToken cancel) => Task.FromResult(IsUp);
    }
}
