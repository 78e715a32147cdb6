using System.Text.Json.Nodes;
using Infra.Tests.Unit.Lab.DigitalOcean.Specification;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Requests as clients that others wrote send them, next to what the specification says.</summary>
public sealed class ClientRequestTests
{
    private const string Rule = """{"entry_protocol": "tcp", "entry_port": 443, "target_protocol": "tcp", "target_port": 8443}""";

    /// <summary>do-wrapper sends <c>region=</c> when it is asked for all Volumes.</summary>
    [Theory]
    [InlineData("/v2/volumes?name=&region=", "volumes")]
    [InlineData("/v2/droplets?tag_name=&name=&type=", "droplets")]
    [InlineData("/v2/snapshots?resource_type=&region=", "snapshots")]
    [InlineData("/v2/domains/lab.test/records?name=&type=", "domain_records")]
    [InlineData("/v2/load_balancers?names=&uuids=", "load_balancers")]
    [InlineData("/v2/images?type=&private=&tag_name=", "images")]
    public async Task An_empty_value_of_the_query_leaves_nothing_out(string path, string member)
    {
        await using var api = await WithAllAsync();

        var all = await api.GetAsync(path.Split('?')[0]);
        var seen = await api.GetAsync(path);

        Assert.NotEmpty(all.Body![member]!.AsArray());
        Assert.Equal(Ids(all, member), Ids(seen, member));
    }

    [Fact]
    public async Task Deleting_what_an_empty_value_names_is_refused()
    {
        await using var api = await WithAllAsync();

        var droplets = await api.DeleteAsync("/v2/droplets?tag_name=");
        var volumes = await api.DeleteAsync("/v2/volumes?name=&region=");

        Assert.InRange(droplets.Status, 400, 422);
        Assert.InRange(volumes.Status, 400, 422);
        Assert.Single((await api.GetAsync("/v2/droplets")).Body!["droplets"]!.AsArray());
        Assert.Single((await api.GetAsync("/v2/volumes")).Body!["volumes"]!.AsArray());
    }

    /// <summary>godo's <c>ListVolumeSnapshotByRegion</c>.</summary>
    [Theory]
    [InlineData("tor1", 1)]
    [InlineData("nyc2", 0)]
    public async Task Snapshots_of_a_region(string region, int count)
    {
        await using var api = await WithAllAsync();

        Assert.Equal(count, (int)(await api.GetAsync($"/v2/snapshots?resource_type=volume&region={region}")).Body!["meta"]!["total"]!);
    }

    /// <summary>godo's <c>ListByNames</c> and <c>ListByUUIDs</c> name each in a value of its own, on each page.</summary>
    [Fact]
    public async Task Load_balancers_with_one_of_several_names_or_ids()
    {
        await using var api = await WithAllAsync();
        foreach (var name in (string[])["b", "c"])
        {
            await api.PostAsync("/v2/load_balancers", $$"""{"name": "{{name}}", "region": "tor1", "forwarding_rules": [{{Rule}}]}""");
        }
        var all = (await api.GetAsync("/v2/load_balancers")).Body!["load_balancers"]!.AsArray();

        var first = await api.GetAsync("/v2/load_balancers?names=lb&names=c&per_page=1");
        var next = new Uri((string)first.Body!["links"]!["pages"]!["next"]!).PathAndQuery;
        var second = await api.GetAsync(next);
        var byId = await api.GetAsync($"/v2/load_balancers?uuids={all[1]!["id"]}");

        Assert.Equal(["lb", "c"], [.. Names(first), .. Names(second)]);
        Assert.Equal(["b"], Names(byId));
    }

    /// <summary>godo's <c>ValidateOnly</c>.</summary>
    [Fact]
    public async Task A_load_balancer_that_is_only_checked_is_not_created()
    {
        await using var api = await WithAllAsync();
        var before = api.Account.State;

        var right = await api.PostAsync("/v2/load_balancers",
            $$"""{"name": "checked", "region": "tor1", "validate_only": true, "forwarding_rules": [{{Rule}}]}""");
        var wrong = await api.PostAsync("/v2/load_balancers",
            $$"""{"name": "lb", "region": "tor1", "validate_only": true, "forwarding_rules": [{{Rule}}]}""");

        Assert.Equal((202, "checked", 422), (right.Status, (string?)right.Body!["load_balancer"]!["name"], wrong.Status));
        Assert.Same(before, api.Account.State);
    }

    /// <summary>godo's <c>AsRequest</c>, with which its users change one: all that was answered, and <c>region</c> as a slug.</summary>
    [Fact]
    public async Task A_load_balancer_is_sent_back_as_it_was_answered()
    {
        await using var api = await WithAllAsync();
        var read = (await api.GetAsync("/v2/load_balancers")).Body!["load_balancers"]![0]!.AsObject();
        var request = read.DeepClone();
        request["region"] = (string)read["region"]!["slug"]!;

        var seen = await api.PutAsync($"/v2/load_balancers/{read["id"]}", request.ToJsonString());

        Assert.Equal(200, seen.Status);
        Assert.Equal(read.ToJsonString(), seen.Body!["load_balancer"]!.ToJsonString());
    }

    [Theory]
    [InlineData("/v2/firewalls", "firewall", "id")]
    [InlineData("/v2/projects", "project", "id")]
    [InlineData("/v2/vpcs", "vpc", "id")]
    [InlineData("/v2/domains/lab.test/records", "domain_record", "id")]
    [InlineData("/v2/uptime/checks", "check", "id")]
    [InlineData("/v2/account/keys", "ssh_key", "id")]
    public async Task A_resource_is_sent_back_as_it_was_answered(string path, string member, string id)
    {
        await using var api = await WithAllAsync();
        var read = (await api.GetAsync(path)).Body![$"{member}s"]!.AsArray()[^1]!.AsObject();

        var seen = await api.PutAsync($"{path}/{read[id]}", read.ToJsonString());
        await api.SettleAsync();
        var after = (await api.GetAsync(path)).Body![$"{member}s"]!.AsArray()[^1]!.AsObject();

        Assert.True(seen.Status == 200, seen.Message);
        read.Remove("updated_at");
        after.Remove("updated_at");
        Assert.Equal(read.ToJsonString(), after.ToJsonString());
    }

    /// <summary>libcloud and Ansible's modules send the ids of Droplets as strings, DigitalOcean's own clients as numbers.</summary>
    [Fact]
    public async Task Ids_of_Droplets_may_be_strings_of_digits()
    {
        await using var api = await WithAllAsync();
        var droplet = (await api.GetAsync("/v2/droplets")).Body!["droplets"]![0]!["id"]!;
        var volume = (await api.GetAsync("/v2/volumes")).Body!["volumes"]![0]!["id"]!;

        var attached = await api.PostAsync($"/v2/volumes/{volume}/actions",
            $$"""{"type": "attach", "droplet_id": "{{droplet}}", "region": "tor1"}""");
        var firewall = await api.PostAsync("/v2/firewalls", $$"""
            {"name": "by-id", "droplet_ids": ["{{droplet}}"],
            "inbound_rules": [{"protocol": "tcp", "sources": {"addresses": ["0.0.0.0/0"] }, "ports": "22"}]}
            """);
        var wrong = await api.PostAsync($"/v2/volumes/{volume}/actions", """{"type": "attach", "droplet_id": "web", "region": "tor1"}""");

        Assert.Equal((202, 202, 422), (attached.Status, firewall.Status, wrong.Status));
        Assert.Equal((long)droplet, (long)firewall.Body!["firewall"]!["droplet_ids"]![0]!);
    }

    /// <summary>Ansible's module turns each new Droplet on, and waits until that is done.</summary>
    [Fact]
    public async Task An_active_Droplet_that_is_turned_on_stays_as_it_is()
    {
        await using var api = await WithAllAsync();
        var before = (await api.GetAsync("/v2/droplets")).Body!["droplets"]![0]!;

        var asked = await api.PostAsync($"/v2/droplets/{before["id"]}/actions", """{"type": "power_on"}""");
        await api.SettleAsync();
        var action = await api.GetAsync($"/v2/actions/{asked.Body!["action"]!["id"]}");

        Assert.Equal((201, "completed"), (asked.Status, (string?)action.Body!["action"]!["status"]));
        Assert.Equal(before.ToJsonString(), (await api.GetAsync("/v2/droplets")).Body!["droplets"]![0]!.ToJsonString());
    }

    /// <summary>An account with one of each.</summary>
    private static async Task<ApiClient> WithAllAsync()
    {
        var api = await ApiClient.StartAsync();
        await MakeAsync("/v2/account/keys", $$"""{"public_key": "{{ReplayKeys.Next()}}", "name": "k"}""");
        await MakeAsync("/v2/vpcs", """{"name": "net", "region": "tor1"}""");
        await MakeAsync("/v2/droplets", """{"name": "web", "region": "tor1", "size": "s-1vcpu-1gb", "image": "debian-13-x64"}""");
        var volume = await MakeAsync("/v2/volumes", """{"name": "data", "region": "tor1", "size_gigabytes": 1}""");
        await MakeAsync($"/v2/volumes/{volume["volume"]!["id"]}/snapshots", """{"name": "copy"}""");
        await MakeAsync("/v2/firewalls", """
            {"name": "fw", "inbound_rules": [{"protocol": "tcp", "ports": "22", "sources": {"addresses": ["0.0.0.0/0", "::/0"]}},
            {"protocol": "icmp", "sources": {"addresses": ["10.0.0.0/8"]}}]}
            """);
        await MakeAsync("/v2/load_balancers", $$"""{"name": "lb", "region": "tor1", "forwarding_rules": [{{Rule}}]}""");
        await MakeAsync("/v2/domains", """{"name": "lab.test", "ip_address": "198.51.100.9"}""");
        await MakeAsync("/v2/projects", """{"name": "p", "purpose": "Web Application", "environment": "Development"}""");
        await MakeAsync("/v2/uptime/checks", """
            {"name": "c", "type": "https", "target": "https://www.lab.test/", "regions": ["us_east"], "enabled": true}
            """);
        await api.SettleAsync();
        return api;

        async Task<JsonNode> MakeAsync(string path, string body)
        {
            var answer = await api.PostAsync(path, body);
            Assert.True(answer.Status is >= 200 and < 300, $"{path}: {answer.Status} {answer.Message}");
            await api.SettleAsync();
            return answer.Body!;
        }
    }

    private static IEnumerable<string> Ids(ApiResponse answer, string member) =>
        answer.Body![member]!.AsArray().Select(item => item!["id"]!.ToJsonString());

    private static IEnumerable<string?> Names(ApiResponse answer) =>
        answer.Body!["load_balancers"]!.AsArray().Select(balancer => (string?)balancer!["name"]);
}
