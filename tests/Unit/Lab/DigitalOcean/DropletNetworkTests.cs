using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Droplets;
using Infra.Lab.DigitalOcean.Firewalls;
using Infra.Lab.DigitalOcean.LoadBalancers;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Droplets in networks: behind firewalls and load balancers, and out of them.</summary>
public sealed class DropletNetworkTests
{
    private const string WebDroplet = """
        {"name": "web-1", "region": "nyc2", "size": "gpu-h200x1-141gb", "image": "gpu-h100x1-base", "tags": ["web"]}
        """;
    private const string WebFirewall = """
        {"name": "fw", "tags": ["web"], "inbound_rules": [{"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0"]}}]}
        """;

    [Fact]
    public async Task A_droplet_boots_behind_its_firewall_and_into_its_load_balancer()
    {
        await using var api = await ApiClient.StartAsync();
        api.Host.AreAllGuarded = true;
        await api.PostAsync("/v2/tags", """{"name": "web"}""");
        await api.PostAsync("/v2/firewalls", WebFirewall);
        var balancer = (string)(await api.PostAsync("/v2/load_balancers", """
            {"name": "lb", "region": "nyc2", "tag": "web", "forwarding_rules": [{"entry_protocol": "tcp", "entry_port": 443,
             "target_protocol": "tcp", "target_port": 8443}]}
            """)).Body!["load_balancer"]!["id"]!;
        await api.SettleAsync();

        var id = await CreateAsync(api);
        await ApiClient.UntilAsync(() => api.Host.Balancers[balancer].Backends.Count == 1);

        var server = Assert.Single(api.Host.Policy.Servers);
        Assert.Equal((id, true), (server.ServerId, server.Guarded));
        Assert.Equal([server.PrivateAddress], api.Host.Balancers[balancer].Backends);
        Assert.Equal(1, (int)(await api.GetAsync($"/v2/droplets/{id}/firewalls")).Body!["meta"]!["total"]!);

        await api.PostAsync($"/v2/droplets/{id}/actions", """{"type": "power_off"}""");
        await api.SettleAsync();
        await ApiClient.UntilAsync(() => api.Host.Balancers[balancer].Backends.Count == 0);
        Assert.Single(api.Host.Policy.Servers);
    }

    [Fact]
    public async Task A_deleted_droplet_is_in_no_network_and_named_by_none()
    {
        await using var api = await ApiClient.StartAsync();
        var id = await CreateAsync(api);
        var firewall = (string)(await api.PostAsync("/v2/firewalls", WebFirewall.Replace("\"tags\": [\"web\"]", $"\"droplet_ids\": [{id}]",
            StringComparison.Ordinal))).Body!["firewall"]!["id"]!;
        var balancer = (string)(await api.PostAsync("/v2/load_balancers", $$"""
            {"name": "lb", "region": "nyc2", "droplet_ids": [{{id}}], "forwarding_rules": [{"entry_protocol": "tcp", "entry_port": 443,
             "target_protocol": "tcp", "target_port": 8443}]}
            """)).Body!["load_balancer"]!["id"]!;
        await api.SettleAsync();

        await api.DeleteAsync($"/v2/droplets/{id}");
        await api.SettleAsync();
        await ApiClient.UntilAsync(() => api.Host.Policy.Servers.Count == 0 && api.Host.Balancers[balancer].Backends.Count == 0);

        Assert.Empty(api.Account.State.Get<Firewall>(firewall).DropletIds);
        Assert.Empty(api.Account.State.Get<LoadBalancer>(balancer).Settings.DropletIds);
    }

    [Fact]
    public async Task A_deleted_droplet_keeps_its_vpc_for_a_moment()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        await api.PostAsync("/v2/vpcs", """{"name": "first", "region": "nyc2"}""");
        var vpc = (string)(await api.PostAsync("/v2/vpcs", """{"name": "own", "region": "nyc2"}""")).Body!["vpc"]!["id"]!;
        var id = await CreateAsync(api, WebDroplet.Replace("\"web-1\"", $"\"web-1\", \"vpc_uuid\": \"{vpc}\"", StringComparison.Ordinal));

        await api.DeleteAsync($"/v2/droplets/{id}");
        await api.PassAsync(TimeSpan.FromSeconds(10), state => state.Find<Droplet>(id) is null);
        var members = await api.GetAsync($"/v2/vpcs/{vpc}/members");
        var busy = await api.DeleteAsync($"/v2/vpcs/{vpc}");
        await api.SettleAsync();

        Assert.Equal(($"do:droplet:{id}", 409), ((string?)members.Body!["members"]![0]!["urn"], busy.Status));
        Assert.Equal(204, (await api.DeleteAsync($"/v2/vpcs/{vpc}")).Status);
    }

    [Fact]
    public async Task A_deleted_tag_selects_no_more()
    {
        await using var api = await ApiClient.StartAsync();
        await CreateAsync(api);
        var firewall = (string)(await api.PostAsync("/v2/firewalls", WebFirewall)).Body!["firewall"]!["id"]!;
        await ApiClient.UntilAsync(() => api.Host.Policy.Servers[0].Guarded);

        Assert.Equal(204, (await api.DeleteAsync("/v2/tags/WEB")).Status);

        await ApiClient.UntilAsync(() => !api.Host.Policy.Servers[0].Guarded);
        Assert.Empty(api.Account.State.Get<Firewall>(firewall).Tags);
    }

    private static async Task<string> CreateAsync(ApiClient api, string droplet = WebDroplet)
    {
        var made = await api.PostAsync("/v2/droplets", droplet);
        Assert.True(made.Status == 202, made.Message);
        await api.SettleAsync();
        var id = made.Body!["droplet"]!["id"]!.ToString();
        Assert.Equal("active", (string?)(await api.GetAsync($"/v2/droplets/{id}")).Body!["droplet"]!["status"]);
        return id;
    }
}
