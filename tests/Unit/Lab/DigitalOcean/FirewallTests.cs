using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean.Firewalls;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Cloud Firewalls as the API keeps them, and what they allow.</summary>
public sealed class FirewallTests
{
    private const string Firewalls = "/v2/firewalls";

    private const string Ssh = """{"protocol": "tcp", "ports": "22", "sources": {"addresses": ["18.0.0.0/8"]}}""";

    private static readonly string[] s_tags = ["a", "b", "c", "d", "e", "f"];

    [Fact]
    public async Task A_firewall_waits_for_its_droplets_and_guards_them_then()
    {
        await using var api = await ApiClient.StartAsync();
        api.Add((5, ["web"]), (6, []), (7, []));

        var made = await api.PostAsync(Firewalls, $$"""
            {"name": "fw", "inbound_rules": [{{Ssh}},
                {"protocol": "tcp", "ports": "80", "sources": {"tags": ["web"], "droplet_ids": [7]} }],
             "outbound_rules": [{"protocol": "udp", "ports": "all", "destinations": {"addresses": ["0.0.0.0/0", "::/0"]} },
                                {"protocol": "icmp", "destinations": {"addresses": ["1.2.3.4"]} }],
             "droplet_ids": [6], "tags": ["WEB"]}
            """);
        var id = (string)made.Body!["firewall"]!["id"]!;
        await api.Account.UntilAsync(
            state => state.Find<Firewall>(id)?.Status == Firewall.Succeeded, TestContext.Current.CancellationToken);
        var read = (await api.GetAsync($"{Firewalls}/{id}")).Body!["firewall"]!;

        Assert.Equal((202, "waiting"), (made.Status, (string?)made.Body["firewall"]!["status"]));
        Assert.Equal(
            [5, 6], made.Body["firewall"]!["pending_changes"]!.AsArray().Select(change => (long)change!["droplet_id"]!).Order());
        Assert.Equal(("succeeded", 0), ((string?)read["status"], read["pending_changes"]!.AsArray().Count));
        Assert.Equal(["22", "80", "0", "0"], Rules(read, "inbound_rules").Concat(Rules(read, "outbound_rules")));
        Assert.Equal("""{"addresses":["18.0.0.0/8"]}""", read["inbound_rules"]![0]!["sources"]!.ToJsonString());
        Assert.Equal(
            [("5", true), ("6", true), ("7", false)],
            api.Host.Policy.Servers.Select(server => (server.ServerId, server.Guarded)));
        var guarded = api.Host.Policy.Servers[0];
        Assert.Equal(
            [("tcp", "22", "18.0.0.0/8"), ("tcp", "80", "10.116.0.5 203.0.113.5 10.116.0.7 203.0.113.7")], guarded.Inbound.Select(Text));
        Assert.Equal([("udp", null, "0.0.0.0/0 ::/0"), ("icmp", null, "1.2.3.4")], guarded.Outbound.Select(Text));

        static IEnumerable<string?> Rules(JsonNode firewall, string side) =>
            firewall[side]!.AsArray().Select(rule => (string?)rule!["ports"]);

        static (string, string?, string) Text(PolicyRule rule) => (rule.Protocol, rule.Ports, string.Join(' ', rule.Cidrs));
    }

    [Theory]
    [InlineData("""{"name": "one"}""", 422, "at least one rule must be specified")]
    [InlineData("""{"inbound_rules": [RULE]}""", 422, "name must only contain alphanumeric characters, dashes, and periods")]
    [InlineData("""{"name": "-x", "inbound_rules": [RULE]}""", 422, "name must only contain alphanumeric characters, dashes, and periods")]
    [InlineData("""{"name": "taken", "inbound_rules": [RULE]}""", 409, "duplicate name")]
    [InlineData("""{"name": "one", "inbound_rules": [RULE], "tags": ["none"]}""", 422, "tag none does not exist")]
    [InlineData("""{"name": "one", "inbound_rules": [RULE], "droplet_ids": [1]}""", 422, "droplet 1 does not exist")]
    [InlineData("""{"name": "one", "inbound_rules": [null]}""", 422, "inbound_rules must not have null values")]
    [InlineData("""{"name": "one", "inbound_rules": [RULE], "tags": ["a", "b", "c", "d", "e", "f"]}""", 422,
        "a firewall may have no more than 5 tags and 10 droplets")]
    [InlineData("""{"name": "one", "inbound_rules": [RULE], "droplet_ids": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]}""", 422,
        "a firewall may have no more than 5 tags and 10 droplets")]
    public async Task A_wrong_firewall_is_refused_and_changes_nothing(string request, int status, string message)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Firewalls, $$"""{"name": "taken", "inbound_rules": [{{Ssh}}]}""");
        if (message.Contains("no more", StringComparison.Ordinal))
        {
            api.Add([.. Enumerable.Range(1, 11).Select(id => ((long)id, s_tags))]);
        }
        var count = api.Account.State.All<Firewall>().Count;

        var refused = await api.PostAsync(Firewalls, request.Replace("RULE", Ssh, StringComparison.Ordinal));

        Assert.Equal((status, message), (refused.Status, refused.Message));
        Assert.Equal(count, api.Account.State.All<Firewall>().Count);
    }

    [Theory]
    [InlineData("""{"protocol": "gre", "ports": "1", "sources": {"addresses": ["1.2.3.4"]}}""", "protocol must be one of tcp, udp, icmp")]
    [InlineData("""{"protocol": "tcp", "sources": {"addresses": ["1.2.3.4"]}}""", "You must specify a positive value for ports.")]
    [InlineData("""{"protocol": "tcp", "ports": "80-79", "sources": {"addresses": ["1.2.3.4"]}}""", "invalid port range")]
    [InlineData("""{"protocol": "tcp", "ports": "70000", "sources": {"addresses": ["1.2.3.4"]}}""", "invalid port range")]
    [InlineData("""{"protocol": "icmp", "ports": "x", "sources": {"addresses": ["1.2.3.4"]}}""", "invalid port range")]
    [InlineData("""{"protocol": "tcp", "ports": "80"}""", "you must specify at least one source of a rule")]
    [InlineData("""{"protocol": "tcp", "ports": "80", "sources": {}}""", "you must specify at least one source of a rule")]
    [InlineData("""{"protocol": "tcp", "ports": "80", "destinations": {"addresses": ["1.2.3.4"]}}""",
        "you must specify at least one source of a rule")]
    [InlineData("""{"protocol": "tcp", "ports": "80", "sources": {"addresses": ["1.2.3"]}}""", "invalid address: 1.2.3")]
    [InlineData("""{"protocol": "tcp", "ports": "80", "sources": {"tags": ["none"]}}""", "tag none does not exist")]
    [InlineData("""{"protocol": "tcp", "ports": "80", "sources": {"droplet_ids": [3]}}""", "droplet 3 does not exist")]
    public async Task A_wrong_rule_is_refused(string rule, string message)
    {
        await using var api = await ApiClient.StartAsync();

        var refused = await api.PostAsync(Firewalls, $$"""{"name": "one", "inbound_rules": [{{rule}}]}""");

        Assert.Equal((422, message), (refused.Status, refused.Message));
    }

    [Theory]
    [InlineData(50, 202)]
    [InlineData(51, 422)]
    public async Task A_firewall_has_at_most_fifty_rules(int rules, int status)
    {
        await using var api = await ApiClient.StartAsync();
        var text = string.Join(',', Enumerable.Range(1, rules).Select(port => Ssh.Replace("22", $"{port}", StringComparison.Ordinal)));

        Assert.Equal(status, (await api.PostAsync(Firewalls, $$"""{"name": "one", "inbound_rules": [{{text}}]}""")).Status);
    }

    [Theory]
    [InlineData(1000, 202)]
    [InlineData(1001, 422)]
    public async Task A_rule_names_at_most_a_thousand_peers(int addresses, int status)
    {
        await using var api = await ApiClient.StartAsync();
        var text = string.Join(',', Enumerable.Range(0, addresses).Select(index => $"\"10.0.{index / 250}.{index % 250}\""));

        Assert.Equal(status, (await api.PostAsync(Firewalls, $$"""
            {"name": "one", "inbound_rules": [{"protocol": "tcp", "ports": "1", "sources": {"addresses": [{{text}}] } } ] }
            """)).Status);
    }

    [Fact]
    public async Task Droplets_tags_and_rules_are_added_and_removed()
    {
        await using var api = await ApiClient.StartAsync();
        api.Add((5, []), (6, ["web"]));
        var id = (string)(await api.PostAsync(Firewalls, $$"""{"name": "fw", "inbound_rules": [{{Ssh}}]}""")).Body!["firewall"]!["id"]!;
        const string http = """{"outbound_rules": [{"protocol": "tcp", "ports": "80", "destinations": {"addresses": ["1.2.3.4"]}}]}""";

        Assert.Equal(204, (await api.PostAsync($"{Firewalls}/{id}/droplets", """{"droplet_ids": [5]}""")).Status);
        Assert.Equal(204, (await api.PostAsync($"{Firewalls}/{id}/tags", """{"tags": ["web"]}""")).Status);
        Assert.Equal(204, (await api.PostAsync($"{Firewalls}/{id}/rules", http)).Status);
        var full = (await api.GetAsync($"{Firewalls}/{id}")).Body!["firewall"]!;
        var ofDroplet = (await api.GetAsync("/v2/droplets/6/firewalls")).Body!;
        Assert.Equal(204, (await api.DeleteAsync($"{Firewalls}/{id}/droplets", """{"droplet_ids": [5]}""")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{Firewalls}/{id}/tags", """{"tags": ["Web"]}""")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{Firewalls}/{id}/rules", http)).Status);
        var left = (await api.GetAsync($"{Firewalls}/{id}")).Body!["firewall"]!;
        var lastRule = await api.DeleteAsync($"{Firewalls}/{id}/rules", $$"""{"inbound_rules": [{{Ssh}}]}""");

        Assert.Equal(("[5]", """["web"]""", 1, 1), Parts(full));
        Assert.Equal(("[]", "[]", 1, 0), Parts(left));
        Assert.Equal((1, id), ((int)ofDroplet["meta"]!["total"]!, (string?)ofDroplet["firewalls"]![0]!["id"]));
        Assert.Equal(404, (await api.GetAsync("/v2/droplets/9/firewalls")).Status);
        Assert.Equal(422, lastRule.Status);

        static (string, string, int, int) Parts(JsonNode firewall) => (
            firewall["droplet_ids"]!.ToJsonString(), firewall["tags"]!.ToJsonString(),
            firewall["inbound_rules"]!.AsArray().Count, firewall["outbound_rules"]!.AsArray().Count);
    }

    [Fact]
    public async Task An_update_replaces_everything_and_a_deletion_opens_the_droplet()
    {
        await using var api = await ApiClient.StartAsync();
        api.Add((5, ["web"]));
        var id = (string)(await api.PostAsync(
            Firewalls, $$"""{"name": "fw", "inbound_rules": [{{Ssh}}], "tags": ["web"]}""")).Body!["firewall"]!["id"]!;

        var updated = (await api.PutAsync($"{Firewalls}/{id}", """
            {"name": "other", "outbound_rules": [{"protocol": "icmp", "ports": "1-65535", "destinations": {"addresses": ["::/0"]} }],
             "droplet_ids": [5]}
            """)).Body!["firewall"]!;
        await Applied(api, policy => policy.Servers is [{ Guarded: true, Inbound: [], Outbound: [_] }]);
        var deleted = await api.DeleteAsync($"{Firewalls}/{id}");
        await Applied(api, policy => policy.Servers is [{ Guarded: false }]);

        Assert.Equal("1-65535", (string?)updated["outbound_rules"]![0]!["ports"]);
        Assert.Equal(("other", "[]", "[]"), (
            (string?)updated["name"], updated["inbound_rules"]!.ToJsonString(), updated["tags"]!.ToJsonString()));
        Assert.Equal((204, 404), (deleted.Status, (await api.GetAsync($"{Firewalls}/{id}")).Status));
    }

    [Fact]
    public async Task A_firewall_that_the_machine_does_not_apply_failed()
    {
        await using var api = await ApiClient.StartAsync();
        api.Add((5, []));
        await Applied(api, policy => policy.Servers.Count == 1);
        api.Host.OnStep = (_, _) => throw new InvalidOperationException("no nft");

        var id = (string)(await api.PostAsync(
            Firewalls, $$"""{"name": "fw", "inbound_rules": [{{Ssh}}], "droplet_ids": [5]}""")).Body!["firewall"]!["id"]!;

        await api.Account.UntilAsync(state => state.Get<Firewall>(id).Status == Firewall.Failed, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_is_deleted_is_named_no_more()
    {
        await using var api = await ApiClient.StartAsync();
        api.Add((5, ["web"]), (6, []));
        var id = (string)(await api.PostAsync(Firewalls, $$"""
            {"name": "fw", "droplet_ids": [5, 6], "tags": ["web"], "inbound_rules": [{{Ssh}},
             {"protocol": "tcp", "ports": "80", "sources": {"droplet_ids": [5]} },
             {"protocol": "tcp", "ports": "80", "sources": {"tags": ["web"], "droplet_ids": [6]} }]}
            """)).Body!["firewall"]!["id"]!;

        var firewall = api.Account.State.Get<Firewall>(id);
        var left = (Firewall)((INamesTags)firewall.Without(5)).Without("WEB");

        Assert.True(firewall.Names(5) && firewall.Names("Web") && !firewall.Names(7));
        Assert.False(left.Names(5) || left.Names("web"));
        Assert.Equal(["18.0.0.0/8", "6"], left.InboundRules
            .Select(rule => string.Join(' ', rule.Peers.Addresses) + string.Join(' ', rule.Peers.DropletIds)));
    }

    private static Task Applied(ApiClient api, Func<NetworkPolicy, bool> wanted) => ApiClient.UntilAsync(() => wanted(api.Host.Policy));
}
