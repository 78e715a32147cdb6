using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.DigitalOcean.LoadBalancers;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Load balancers as the API keeps them, and what the machine gets of them.</summary>
public sealed class LoadBalancerTests
{
    private const string Balancers = "/v2/load_balancers";
    private const string Rule = """{"entry_protocol": "tcp", "entry_port": 443, "target_protocol": "tcp", "target_port": 8443}""";
    private const string Minimal = $$"""{"name": "lb", "region": "tor1", "forwarding_rules": [{{Rule}}]}""";

    [Fact]
    public async Task A_new_load_balancer_has_defaults_and_gets_its_address_when_it_is_active()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });

        var made = await api.PostAsync(Balancers, Minimal);
        var view = made.Body!["load_balancer"]!;
        var id = (string)view["id"]!;
        await api.PassAsync(TimeSpan.FromSeconds(90), state => state.Get<LoadBalancer>(id).Status == LoadBalancer.Active);
        var read = (await api.GetAsync($"{Balancers}/{id}")).Body!["load_balancer"]!;

        Assert.Equal((202, "new", "", "REGIONAL", "round_robin"), (
            made.Status, (string?)view["status"], (string?)view["ip"], (string?)view["type"], (string?)view["algorithm"]));
        Assert.Equal("""
            {"protocol":"http","port":80,"path":"/","check_interval_seconds":10,"response_timeout_seconds":5,"healthy_threshold":5,
            "unhealthy_threshold":3}
            """.ReplaceLineEndings(""), view["health_check"]!.ToJsonString());
        Assert.Equal("""{"type":"none"}""", view["sticky_sessions"]!.ToJsonString());
        Assert.Equal("""{"deny":[],"allow":[]}""", view["firewall"]!.ToJsonString());
        Assert.Equal(("lb-small", 1, 60, "tor1", "EXTERNAL", ""), (
            (string?)view["size"], (int)view["size_unit"]!, (int)view["http_idle_timeout_seconds"]!, (string?)view["region"]!["slug"],
            (string?)view["network"], (string?)view["forwarding_rules"]![0]!["certificate_id"]));
        Assert.Equal(("active", "198.51.100.2"), ((string?)read["status"], (string?)read["ip"]));
        Assert.Equal(1, (int)(await api.GetAsync(Balancers)).Body!["meta"]!["total"]!);
        Assert.Equal(1, (int)(await api.GetAsync($"/v2/vpcs/{view["vpc_uuid"]}/members")).Body!["meta"]!["total"]!);
    }

    [Fact]
    public async Task The_machine_balances_to_the_droplets_with_the_tag_that_are_up()
    {
        await using var api = await ApiClient.StartAsync();
        api.Add((5, ["web"]), (6, ["WEB"]), (7, []), (8, ["web"]));
        api.Account.Change(change => change.Put(change.All<TestServer>()[3] with { IsUp = false }));

        var id = await CreateAsync(api, $$"""
            {"name": "lb", "region": "nyc2", "tag": "web", "forwarding_rules": [{{Rule}}, {"entry_protocol": "udp", "entry_port": 53,
             "target_protocol": "udp", "target_port": 53}], "firewall": {"allow": ["ip:1.2.3.4", "cidr:10.0.0.0/8"], "deny": []},
             "health_check": {"protocol": "tcp", "port": 22}, "http_idle_timeout_seconds": 600}
            """);
        var view = (await api.GetAsync($"{Balancers}/{id}")).Body!["load_balancer"]!;

        var spec = api.Host.Balancers[id];
        Assert.Equal(["10.116.0.5", "10.116.0.6"], spec.Backends);
        Assert.Equal([5, 6, 8], view["droplet_ids"]!.AsArray().Select(server => (int)server!));
        Assert.Equal((443, 8443, true), (spec.Rules.Single().EntryPort, spec.Rules[0].TargetPort, spec.Rules[0].Passthrough));
        Assert.Equal(("tcp", 22, "", 600), (spec.Check.Protocol, spec.Check.Port, spec.Check.Path, spec.IdleTimeoutSeconds));
        Assert.Equal(["1.2.3.4", "10.0.0.0/8"], spec.AllowedCidrs);
        var policy = Assert.Single(api.Host.Policy.Balancers);
        Assert.Equal((spec.Address, spec.BackendAddress), (policy.Address, policy.BackendAddress));
        Assert.NotEqual(policy.Address, policy.BackendAddress);

        api.Account.Change(change => change.Put(change.All<TestServer>()[3] with { IsUp = true }));
        await ApiClient.UntilAsync(() => api.Host.Balancers[id].Backends.Count == 3);
    }

    [Fact]
    public async Task An_internal_one_is_in_its_vpc_alone()
    {
        await using var api = await ApiClient.StartAsync();

        var id = await CreateAsync(api, Minimal.Replace("\"lb\"", "\"lb\", \"network\": \"internal\"", StringComparison.Ordinal));
        var view = (await api.GetAsync($"{Balancers}/{id}")).Body!["load_balancer"]!;

        Assert.Equal(("INTERNAL", "10.116.0.2"), ((string?)view["network"], (string?)view["ip"]));
        Assert.Equal(api.Host.Balancers[id].Address, api.Host.Balancers[id].BackendAddress);
    }

    [Theory]
    [InlineData("""{"region": "tor1", "forwarding_rules": [RULE]}""",
        "name must only contain alphanumeric characters, dashes, and periods")]
    [InlineData("""{"name": "TAKEN", "region": "tor1", "forwarding_rules": [RULE]}""", "name is not unique")]
    [InlineData("""{"name": "x", "forwarding_rules": [RULE]}""", "region is required")]
    [InlineData("""{"name": "x", "region": "moon1", "forwarding_rules": [RULE]}""", "region is invalid")]
    [InlineData("""{"name": "x", "region": "tor1"}""", "forwarding rules must be specified")]
    [InlineData("""{"name": "x", "region": "tor1", "forwarding_rules": [RULE, RULE]}""", "entry port 443 is used more than once")]
    [InlineData("""{"name": "x", "region": "nyc2", "size_unit": 1, "forwarding_rules": [RULE]}""",
        "size_unit is not available in region nyc2")]
    [InlineData("""{"name": "x", "region": "tor1", "size_unit": 201, "forwarding_rules": [RULE]}""", "size_unit must be between 1 and 200")]
    [InlineData("""{"name": "x", "region": "tor1", "size": "big", "forwarding_rules": [RULE]}""",
        "size must be one of lb-small, lb-medium, lb-large")]
    [InlineData("""{"name": "x", "region": "tor1", "size": "lb-small", "size_unit": 2, "forwarding_rules": [RULE]}""",
        "only one of size and size_unit may be specified")]
    [InlineData("""{"name": "x", "region": "tor1", "tag": "web", "droplet_ids": [1], "forwarding_rules": [RULE]}""",
        "droplet_ids and tag are mutually exclusive")]
    [InlineData("""{"name": "x", "region": "tor1", "droplet_ids": [1], "forwarding_rules": [RULE]}""", "droplet 1 does not exist")]
    [InlineData("""{"name": "x", "region": "tor1", "droplet_ids": [1,2,3,4,5,6,7,8,9,10,11], "forwarding_rules": [RULE]}""",
        "a load balancer may have no more than 10 droplets by id")]
    [InlineData("""{"name": "x", "region": "tor1", "vpc_uuid": "none", "forwarding_rules": [RULE]}""", "VPC none not found in region tor1")]
    [InlineData("""{"name": "x", "region": "tor1", "type": "GLOBAL", "glb_settings": {}}""",
        "region must be empty for a global load balancer")]
    [InlineData("""{"name": "x", "type": "GLOBAL"}""", "glb_settings are required for a global load balancer")]
    [InlineData("""{"name": "x", "type": "GLOBAL", "network": "INTERNAL", "glb_settings": {}}""",
        "a global load balancer cannot be internal")]
    [InlineData("""{"name": "x", "region": "tor1", "type": "BIG", "forwarding_rules": [RULE]}""",
        "type must be one of REGIONAL, REGIONAL_NETWORK, GLOBAL")]
    [InlineData("""{"name": "x", "region": "tor1", "http_idle_timeout_seconds": 29, "forwarding_rules": [RULE]}""",
        "http_idle_timeout_seconds must be between 30 and 600")]
    [InlineData("""{"name": "x", "region": "tor1", "health_check": {"port": 0}, "forwarding_rules": [RULE]}""",
        "health_check.port must be between 1 and 65535")]
    [InlineData("""{"name": "x", "region": "tor1", "health_check": {"path": "x"}, "forwarding_rules": [RULE]}""",
        "health_check.path must begin with a slash")]
    [InlineData("""{"name": "x", "region": "tor1", "sticky_sessions": {"type": "cookies"}, "forwarding_rules": [RULE]}""",
        "sticky_sessions.cookie_name must have between 2 and 40 characters")]
    [InlineData("""{"name": "x", "region": "tor1", "firewall": {"allow": ["1.2.3.4"]}, "forwarding_rules": [RULE]}""",
        "firewall rule 1.2.3.4 must be ip:ADDRESS or cidr:RANGE")]
    public async Task A_wrong_load_balancer_is_refused_and_changes_nothing(string request, string message)
    {
        await using var api = await ApiClient.StartAsync();
        await CreateAsync(api, Minimal.Replace("\"lb\"", "\"taken\"", StringComparison.Ordinal));

        var refused = await api.PostAsync(Balancers, request.Replace("RULE", Rule, StringComparison.Ordinal));

        Assert.Equal((422, message), (refused.Status, refused.Message));
        Assert.Single(api.Account.State.All<LoadBalancer>());
    }

    [Theory]
    [InlineData("""{"entry_port": 1, "target_protocol": "tcp", "target_port": 1}""", "entry_protocol is required")]
    [InlineData("""{"entry_protocol": "x", "entry_port": 1, "target_protocol": "tcp", "target_port": 1}""",
        "entry_protocol must be one of http, https, http2, http3, tcp, udp")]
    [InlineData("""{"entry_protocol": "tcp", "target_protocol": "tcp", "target_port": 1}""", "entry_port is required")]
    [InlineData("""{"entry_protocol": "tcp", "entry_port": 65536, "target_protocol": "tcp", "target_port": 1}""",
        "entry_port must be between 1 and 65535")]
    [InlineData("""{"entry_protocol": "udp", "entry_port": 1, "target_protocol": "tcp", "target_port": 1}""",
        "entry_protocol and target_protocol must both be udp")]
    [InlineData("""{"entry_protocol": "https", "entry_port": 1, "target_protocol": "http", "target_port": 1}""",
        "certificate_id or tls_passthrough must be given for https")]
    [InlineData("""{"entry_protocol": "https", "entry_port": 1, "target_protocol": "http", "target_port": 1, "certificate_id": "none"}""",
        "certificate none not found")]
    public async Task A_wrong_rule_is_refused(string rule, string message)
    {
        await using var api = await ApiClient.StartAsync();

        var refused = await api.PostAsync(Balancers, Minimal.Replace(Rule, rule, StringComparison.Ordinal));

        Assert.Equal((422, message), (refused.Status, refused.Message));
    }

    [Fact]
    public async Task The_number_of_load_balancers_is_limited()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { LoadBalancerLimit = 1 });
        await CreateAsync(api, Minimal);

        var refused = await api.PostAsync(Balancers, Minimal.Replace("\"lb\"", "\"second\"", StringComparison.Ordinal));

        Assert.Equal((429, "You have reached your load balancer limit, maximum allowed 1. "
            + "Please contact support to raise your load balancer limit."), (refused.Status, refused.Message));
    }

    [Fact]
    public async Task A_new_one_is_not_changed_and_a_size_lasts_a_minute()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        var id = (string)(await api.PostAsync(Balancers, Minimal)).Body!["load_balancer"]!["id"]!;

        var early = await api.PutAsync($"{Balancers}/{id}", Minimal);
        await api.PassAsync(TimeSpan.FromSeconds(90), state => state.Get<LoadBalancer>(id).Status == LoadBalancer.Active);
        var larger = Minimal.Replace("\"lb\"", "\"lb\", \"size_unit\": 2", StringComparison.Ordinal);
        var first = await api.PutAsync($"{Balancers}/{id}", larger);
        var soon = await api.PutAsync($"{Balancers}/{id}", Minimal);
        var same = await api.PutAsync($"{Balancers}/{id}", larger);
        await api.PassAsync(TimeSpan.FromMinutes(1), _ => true);
        var late = await api.PutAsync($"{Balancers}/{id}", Minimal);

        Assert.Equal(
            (403, "Load Balancer can't be updated while it processes previous actions"), (early.Status, early.Message));
        Assert.Equal((422, "Load Balancer can only be resized once every minute, last resized at: 2026-12-01T12:01:30Z"),
            (soon.Status, soon.Message));
        Assert.Equal((200, 200, 2, null), (
            first.Status, same.Status, (int)same.Body!["load_balancer"]!["size_unit"]!, (string?)same.Body["load_balancer"]!["size"]));
        Assert.Equal((200, 1), (late.Status, (int)late.Body!["load_balancer"]!["size_unit"]!));
    }

    [Fact]
    public async Task An_update_replaces_the_settings_and_keeps_what_cannot_change()
    {
        await using var api = await ApiClient.StartAsync();
        var id = await CreateAsync(api, Minimal.Replace("\"lb\"", """
            "lb", "redirect_http_to_https": true, "firewall": {"allow": ["ip:1.2.3.4"]}
            """.Trim(), StringComparison.Ordinal));
        var before = (await api.GetAsync($"{Balancers}/{id}")).Body!["load_balancer"]!;

        var updated = (await api.PutAsync($"{Balancers}/{id}", Minimal.Replace(
            "\"lb\"", $"\"other\", \"vpc_uuid\": \"{before["vpc_uuid"]}\"", StringComparison.Ordinal))).Body!["load_balancer"]!;
        await ApiClient.UntilAsync(() => api.Host.Balancers[id].AllowedCidrs.Count == 0);

        Assert.Equal(("other", false, "[]"), (
            (string?)updated["name"], (bool)updated["redirect_http_to_https"]!, updated["firewall"]!["allow"]!.ToJsonString()));
        Assert.Equal((string?)before["ip"], (string?)updated["ip"]);
        foreach (var (member, value) in new[]
        {
            ("network", "INTERNAL"), ("type", "GLOBAL"), ("vpc_uuid", "x"), ("network_stack", "DUALSTACK"),
        })
        {
            var refused = await api.PutAsync($"{Balancers}/{id}", Minimal.Replace(
                "\"lb\"", $"\"lb\", \"{member}\": \"{value}\"", StringComparison.Ordinal));
            Assert.Equal((422, $"{member} cannot be changed"), (refused.Status, refused.Message));
        }
    }

    [Fact]
    public async Task A_load_balancer_is_in_the_project_that_it_names_or_in_the_default_one()
    {
        await using var api = await ApiClient.StartAsync();
        var made = await api.PostAsync("/v2/projects", """{"name": "mine", "purpose": "Service or API"}""");
        var mine = (string)made.Body!["project"]!["id"]!;
        var byDefault = (string)(await api.GetAsync("/v2/projects/default")).Body!["project"]!["id"]!;

        var id = await CreateAsync(api, Minimal);
        var before = await ProjectAsync();
        await api.PutAsync($"{Balancers}/{id}", In(mine));
        var after = await ProjectAsync();
        await api.PutAsync($"{Balancers}/{id}", Minimal);

        Assert.Equal((byDefault, mine, mine), (before, after, await ProjectAsync()));
        var resources = (await api.GetAsync($"/v2/projects/{mine}/resources")).Body!["resources"]!;
        Assert.Equal($"do:loadbalancer:{id}", (string?)resources[0]!["urn"]);
        Assert.Equal(422, (await api.PutAsync($"{Balancers}/{id}", In("5a4981aa-9653-4bd1-bef5-d6bff52042e4"))).Status);

        static string In(string project) => Minimal.Replace("\"lb\"", $"\"lb\", \"project_id\": \"{project}\"", StringComparison.Ordinal);

        async Task<string?> ProjectAsync() => (string?)(await api.GetAsync($"{Balancers}/{id}")).Body!["load_balancer"]!["project_id"];
    }

    [Fact]
    public async Task A_global_load_balancer_shows_no_network()
    {
        await using var api = await ApiClient.StartAsync();

        var id = await CreateAsync(
            api, """{"name": "glb", "type": "GLOBAL", "glb_settings": {"target_protocol": "http", "target_port": 80}}""");
        var view = (await api.GetAsync($"{Balancers}/{id}")).Body!["load_balancer"]!.AsObject();

        Assert.DoesNotContain("network", view.Select(member => member.Key));
    }

    [Fact]
    public async Task Droplets_and_rules_are_added_and_removed()
    {
        await using var api = await ApiClient.StartAsync();
        api.Add((5, []), (6, []));
        var id = await CreateAsync(api, $$"""{"name": "lb", "region": "nyc2", "droplet_ids": [5], "forwarding_rules": [{{Rule}}]}""");
        const string http = """
            {"forwarding_rules": [{"entry_protocol": "http", "entry_port": 80, "target_protocol": "http", "target_port": 80}]}
            """;

        Assert.Equal(204, (await api.PostAsync($"{Balancers}/{id}/droplets", """{"droplet_ids": [6]}""")).Status);
        Assert.Equal(204, (await api.PostAsync($"{Balancers}/{id}/forwarding_rules", http)).Status);
        Assert.Equal(422, (await api.PostAsync($"{Balancers}/{id}/forwarding_rules", http)).Status);
        await ApiClient.UntilAsync(() => api.Host.Balancers[id] is { Backends.Count: 2, Rules.Count: 2 });
        Assert.Equal(204, (await api.DeleteAsync($"{Balancers}/{id}/droplets", """{"droplet_ids": [5]}""")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{Balancers}/{id}/forwarding_rules", http)).Status);
        await ApiClient.UntilAsync(() => api.Host.Balancers[id] is { Backends: ["10.116.0.6"], Rules.Count: 1 });
        var empty = await api.PostAsync($"{Balancers}/{id}/droplets", "{}");
        var lastRule = await api.DeleteAsync($"{Balancers}/{id}/forwarding_rules", $$"""{"forwarding_rules": [{{Rule}}]}""");

        Assert.Equal((422, "need to provide either a tag or a list of droplets"), (empty.Status, empty.Message));
        Assert.Equal(422, lastRule.Status);
        Assert.Equal(422, (await api.DeleteAsync($"{Balancers}/{id}/cache")).Status);
        Assert.Equal([6], api.Account.State.Get<LoadBalancer>(id).Settings.DropletIds);
    }

    [Fact]
    public async Task A_deleted_one_lingers_in_its_vpc_and_stops()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        await api.PostAsync("/v2/vpcs", """{"name": "first", "region": "tor1"}""");
        var vpc = (string)(await api.PostAsync("/v2/vpcs", """{"name": "own", "region": "tor1"}""")).Body!["vpc"]!["id"]!;
        var id = (string)(await api.PostAsync(Balancers, Minimal.Replace(
            "\"lb\"", $"\"lb\", \"vpc_uuid\": \"{vpc}\"", StringComparison.Ordinal))).Body!["load_balancer"]!["id"]!;
        await api.PassAsync(TimeSpan.FromSeconds(90), state => state.Get<LoadBalancer>(id).Status == LoadBalancer.Active);

        var deleted = await api.DeleteAsync($"{Balancers}/{id}");
        var missing = await api.GetAsync($"{Balancers}/{id}");
        var busy = await api.DeleteAsync($"/v2/vpcs/{vpc}");
        await ApiClient.UntilAsync(() => !api.Host.Balancers.ContainsKey(id) && api.Host.Policy.Balancers.Count == 0);
        await api.PassAsync(TimeSpan.FromSeconds(15), state => state.All<DeletedMember>().Count == 0);

        Assert.Equal((204, 404, 409), (deleted.Status, missing.Status, busy.Status));
        Assert.Equal(204, (await api.DeleteAsync($"/v2/vpcs/{vpc}")).Status);
    }

    [Fact]
    public async Task Tls_ends_with_a_certificate_and_names_of_lets_encrypt_lead_to_it()
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync("/v2/domains", """{"name": "example.com"}""");
        var certificate = (string)(await api.PostAsync("/v2/certificates",
            """{"name": "web", "type": "lets_encrypt", "dns_names": ["www.example.com"]}""")).Body!["certificate"]!["id"]!;
        await api.Account.UntilAsync(
            state => state.Get<Certificate>(certificate).State == Certificate.Verified, TestContext.Current.CancellationToken);

        var id = await CreateAsync(api, Minimal.Replace(Rule, $$"""
            {"entry_protocol": "https", "entry_port": 443, "target_protocol": "https", "target_port": 443,
             "certificate_id": "{{certificate}}"}
            """, StringComparison.Ordinal));
        var inUse = await api.DeleteAsync($"/v2/certificates/{certificate}");
        var answer = DnsAnswers.Of(api.Account.State, "www.example.com", "A");
        await api.PassAsync(TimeSpan.FromDays(61), state => state.Find<Certificate>(certificate) is null);

        var issued = api.Account.State.All<Certificate>().Single();
        await ApiClient.UntilAsync(() => api.Host.Balancers[id].Rules[0].CertificatePem == issued.Issued!.ChainPem);
        Assert.Equal((false, 403), (api.Host.Balancers[id].Rules[0].Passthrough, inUse.Status));
        Assert.Equal(api.Host.Balancers[id].Address, Assert.Single(answer.Records).Record.Data);
        Assert.Equal(issued.Id, (string?)(await api.GetAsync($"{Balancers}/{id}"))
            .Body!["load_balancer"]!["forwarding_rules"]![0]!["certificate_id"]);
    }

    [Fact]
    public async Task A_global_one_has_targets_and_a_cache()
    {
        await using var api = await ApiClient.StartAsync();
        var target = await CreateAsync(api, Minimal);

        var id = await CreateAsync(api, $$"""
            {"name": "glb", "type": "GLOBAL", "target_load_balancer_ids": ["{{target}}"],
             "glb_settings": {"target_protocol": "http", "target_port": 80, "cdn": {"is_enabled": true}, "region_priorities": {"tor1": 1},
             "failover_threshold": 50}, "domains": [{"name": "example.com", "is_managed": false}]}
            """);
        var view = (await api.GetAsync($"{Balancers}/{id}")).Body!["load_balancer"]!;

        Assert.Null(view["region"]);
        Assert.Equal(target, (string?)view["target_load_balancer_ids"]![0]);
        Assert.Equal("""
            {"target_protocol":"http","target_port":80,"cdn":{"is_enabled":true},"region_priorities":{"tor1":1},"failover_threshold":50}
            """, view["glb_settings"]!.ToJsonString());
        Assert.Equal(204, (await api.DeleteAsync($"{Balancers}/{id}/cache")).Status);
        Assert.False(api.Host.Balancers.ContainsKey(id));
    }

    private static async Task<string> CreateAsync(ApiClient api, string json)
    {
        var made = await api.PostAsync(Balancers, json);
        Assert.True(made.Status == 202, made.Message);
        var id = (string)made.Body!["load_balancer"]!["id"]!;
        await api.Account.UntilAsync(
            state => state.Get<LoadBalancer>(id).Status == LoadBalancer.Active, TestContext.Current.CancellationToken);
        return id;
    }
}
