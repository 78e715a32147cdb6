using System.Text.Json.Nodes;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Domains and records as the API keeps them, and what a resolver answers from them.</summary>
public sealed class DomainTests
{
    private const string Domains = "/v2/domains";
    private const string Records = $"{Domains}/example.com/records";

    [Fact]
    public async Task A_new_domain_has_its_start_its_name_servers_and_its_address()
    {
        await using var api = await ApiClient.StartAsync();

        var made = await api.PostAsync(Domains, """{"name": "Example.com", "ip_address": "1.2.3.4"}""");
        var read = (await api.GetAsync($"{Domains}/example.com")).Body!["domain"]!;
        var records = (await api.GetAsync(Records)).Body!;

        Assert.Equal((201, "example.com", 1800, null), (
            made.Status, (string?)made.Body!["domain"]!["name"], (int)made.Body["domain"]!["ttl"]!,
            (string?)made.Body["domain"]!["zone_file"]));
        Assert.Equal("""
            $ORIGIN example.com.
            $TTL 1800
            example.com. IN SOA ns1.digitalocean.com. hostmaster.example.com. 1796126400 10800 3600 604800 1800
            example.com. 1800 IN NS ns1.digitalocean.com.
            example.com. 1800 IN NS ns2.digitalocean.com.
            example.com. 1800 IN NS ns3.digitalocean.com.
            example.com. 1800 IN A 1.2.3.4

            """, (string?)read["zone_file"]);
        Assert.Equal(
            ["SOA @ 1800", "NS @ ns1.digitalocean.com", "NS @ ns2.digitalocean.com", "NS @ ns3.digitalocean.com", "A @ 1.2.3.4"],
            records["domain_records"]!.AsArray().Select(Text));
        Assert.Equal(5, (int)records["meta"]!["total"]!);
    }

    [Theory]
    [InlineData("""{}""", "Name is not a valid domain name")]
    [InlineData("""{"name": "com"}""", "Name is not a valid domain name")]
    [InlineData("""{"name": "a..com"}""", "Name is not a valid domain name")]
    [InlineData("""{"name": "EXAMPLE.com"}""", "Name already exists")]
    [InlineData("""{"name": "b.com", "ip_address": "1.2.3"}""", "IP address is invalid")]
    public async Task A_wrong_domain_is_refused(string request, string message)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Domains, """{"name": "example.com"}""");

        var refused = await api.PostAsync(Domains, request);

        Assert.Equal((422, message), (refused.Status, refused.Message));
        Assert.Single(api.Account.State.All<Domain>());
    }

    [Theory]
    [InlineData("""{"type": "A", "name": "www", "data": "1.2.3.4"}""", "www 1800 IN A 1.2.3.4")]
    [InlineData("""{"type": "a", "name": "WWW.example.com.", "data": "1.2.3.4", "ttl": 30, "priority": 0, "port": 0}""",
        "www 30 IN A 1.2.3.4")]
    [InlineData("""{"type": "AAAA", "name": "@", "data": "2001:0db8::1"}""", "@ 1800 IN AAAA 2001:db8::1")]
    [InlineData("""{"type": "CNAME", "name": "*", "data": "example.com."}""", "* 1800 IN CNAME example.com.")]
    [InlineData("""{"type": "CNAME", "name": "a.b", "data": "Other.Net."}""", "a.b 1800 IN CNAME other.net.")]
    [InlineData("""{"type": "MX", "data": "mail.example.com.", "priority": 10}""", "@ 1800 IN MX 10 mail.example.com.")]
    [InlineData("""{"type": "NS", "data": "ns1.other.net."}""", "@ 1800 IN NS ns1.other.net.")]
    [InlineData("""{"type": "SRV", "name": "_sip._tcp", "data": "@", "priority": 1, "weight": 0, "port": 5060}""",
        "_sip._tcp 1800 IN SRV 1 0 5060 example.com.")]
    [InlineData("""{"type": "CAA", "name": "@", "data": "letsencrypt.org.", "flags": 0, "tag": "issue"}""",
        "@ 1800 IN CAA 0 issue \"letsencrypt.org\"")]
    [InlineData("""{"type": "CAA", "name": "@", "data": "mailto:a@b.net", "flags": 128, "tag": "iodef"}""",
        "@ 1800 IN CAA 128 iodef \"mailto:a@b.net\"")]
    [InlineData("""{"type": "TXT", "name": "_acme-challenge", "data": "token"}""", "_acme-challenge 1800 IN TXT token")]
    [InlineData("""{"type": "TXT", "name": "_acme-challenge", "data": "say \"x\""}""", """_acme-challenge 1800 IN TXT "say \"x\"" """)]
    public async Task Records_of_all_types_are_in_the_zone(string request, string line)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Domains, """{"name": "example.com"}""");

        var made = await api.PostAsync(Records, request);

        Assert.Equal(201, made.Status);
        var record = api.Account.State.All<DnsRecord>()[^1];
        var zone = (string)(await api.GetAsync($"{Domains}/example.com")).Body!["domain"]!["zone_file"]!;
        var wanted = line.Trim().Replace($"{record.Name} ", $"{record.FullName}. ", StringComparison.Ordinal);
        Assert.EndsWith($"\n{wanted}\n", zone, StringComparison.Ordinal);
        Assert.DoesNotContain("priority\":0", made.Body!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name": "www", "data": "1.2.3.4"}""", "Type is not included in the list")]
    [InlineData("""{"type": "PTR", "name": "www", "data": "1.2.3.4"}""", "Type is not included in the list")]
    [InlineData("""{"type": "SOA", "ttl": 60}""", "SOA records are created with their domain")]
    [InlineData("""{"type": "A", "data": "1.2.3.4"}""", "Name can't be blank")]
    [InlineData("""{"type": "A", "name": "a b", "data": "1.2.3.4"}""", "Name is invalid")]
    [InlineData("""{"type": "A", "name": "www.other.net.", "data": "1.2.3.4"}""", "Name is invalid")]
    [InlineData("""{"type": "A", "name": "www"}""", "Data can't be blank")]
    [InlineData("""{"type": "A", "name": "www", "data": "1.2.3"}""", "Data needs to be an IPv4 address.")]
    [InlineData("""{"type": "A", "name": "www", "data": "::1"}""", "Data needs to be an IPv4 address.")]
    [InlineData("""{"type": "AAAA", "name": "www", "data": "1.2.3.4"}""", "Data needs to be an IPv6 address.")]
    [InlineData("""{"type": "A", "name": "www", "data": "1.2.3.4", "ttl": 29}""", "TTL must be greater than or equal to 30.")]
    [InlineData("""{"type": "CNAME", "name": "b", "data": "other.net"}""", "Data needs to end with a dot (.)")]
    [InlineData("""{"type": "CNAME", "name": "@", "data": "other.net."}""", "CNAME records cannot share a name with other records")]
    [InlineData("""{"type": "TXT", "name": "alias", "data": "x"}""", "CNAME records cannot share a name with other records")]
    [InlineData("""{"type": "MX", "data": "a.b."}""", "Priority can't be blank")]
    [InlineData("""{"type": "SRV", "name": "_a", "data": "a.b.", "priority": 1, "weight": 1}""", "Port can't be blank")]
    [InlineData("""{"type": "SRV", "name": "_a", "data": "a.b.", "priority": 1, "weight": 1, "port": 65536}""",
        "Port must be between 0 and 65535")]
    [InlineData("""{"type": "CAA", "name": "@", "data": "a.b.", "flags": 256, "tag": "issue"}""", "Flags must be between 0 and 255")]
    [InlineData("""{"type": "CAA", "name": "@", "data": "a.b.", "flags": 0, "tag": "x"}""", "Tag is not included in the list")]
    public async Task A_wrong_record_is_refused_and_changes_nothing(string request, string message)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Domains, """{"name": "example.com"}""");
        await api.PostAsync(Records, """{"type": "CNAME", "name": "alias", "data": "@"}""");
        var before = api.Account.State;

        var refused = await api.PostAsync(Records, request);

        Assert.Equal((422, message), (refused.Status, refused.Message));
        Assert.Same(before, api.Account.State);
    }

    [Fact]
    public async Task A_record_is_changed_found_and_deleted()
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Domains, """{"name": "example.com"}""");
        var first = await Add("""{"type": "A", "name": "www", "data": "1.2.3.4"}""");
        var second = await Add("""{"type": "A", "name": "www", "data": "1.2.3.5", "ttl": 60}""");
        var mail = await Add("""{"type": "MX", "name": "@", "data": "mail.other.net.", "priority": 10}""");

        var shared = (await api.GetAsync($"{Records}/{first}")).Body!["domain_record"]!;
        var patched = await api.SendAsync("PATCH", $"{Records}/{first}", """{"name": "blog", "type": "CNAME"}""");
        var replaced = await api.PutAsync($"{Records}/{mail}", """{"data": "@", "priority": 20}""");
        var withoutDot = await api.PutAsync($"{Records}/{mail}", """{"ttl": 600}""");
        var found = await api.GetAsync($"{Records}?name=www.example.com&type=A");
        var gone = await api.DeleteAsync($"{Records}/{second}");

        Assert.Equal(60, (int)shared["ttl"]!);
        Assert.Equal((200, "A blog 1.2.3.4"), (patched.Status, Text(patched.Body!["domain_record"])));
        Assert.Equal((200, "MX @ @", 20), (
            replaced.Status, Text(replaced.Body!["domain_record"]), (int)replaced.Body["domain_record"]!["priority"]!));
        Assert.Equal(200, withoutDot.Status);
        Assert.Equal((1, second), ((int)found.Body!["meta"]!["total"]!, (long)found.Body["domain_records"]![0]!["id"]!));
        Assert.Equal((204, 404), (gone.Status, (await api.GetAsync($"{Records}/{second}")).Status));
        Assert.Equal(404, (await api.GetAsync($"{Domains}/other.net/records")).Status);
        Assert.Equal(204, (await api.DeleteAsync($"{Domains}/example.com")).Status);
        Assert.Empty(api.Account.State.All<DnsRecord>());

        async Task<long> Add(string json) => (long)(await api.PostAsync(Records, json)).Body!["domain_record"]!["id"]!;
    }

    [Fact]
    public async Task The_start_of_a_zone_stays_and_only_its_ttl_changes()
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Domains, """{"name": "example.com"}""");
        var start = (long)(await api.GetAsync($"{Records}?type=SOA")).Body!["domain_records"]![0]!["id"]!;

        var changed = await api.PutAsync($"{Records}/{start}", """{"ttl": 3600, "name": "x", "data": "y"}""");
        var refused = await api.DeleteAsync($"{Records}/{start}");

        Assert.Equal((200, "SOA @ 1800", 3600), (
            changed.Status, Text(changed.Body!["domain_record"]), (int)changed.Body["domain_record"]!["ttl"]!));
        Assert.Equal(422, refused.Status);
    }

    [Fact]
    public async Task A_stored_host_name_is_checked_again_without_its_dot()
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Domains, """{"name": "example.com"}""");
        var made = await api.PostAsync(Records, """{"type": "CNAME", "name": "a", "data": "b.net."}""");
        var id = (long)made.Body!["domain_record"]!["id"]!;

        var refused = await api.PutAsync($"{Records}/{id}", """{"ttl": 600}""");

        Assert.Equal((422, "Data needs to end with a dot (.)"), (refused.Status, refused.Message));
    }

    [Theory]
    [InlineData("WWW.example.com.", "A", true, true, "www.example.com A 1.2.3.4")]
    [InlineData("alias.example.com", "A", true, true, "alias.example.com CNAME www.example.com, www.example.com A 1.2.3.4")]
    [InlineData("away.example.com", "A", true, true, "away.example.com CNAME other.net")]
    [InlineData("alias.example.com", "CNAME", true, true, "alias.example.com CNAME www.example.com")]
    [InlineData("loop.example.com", "A", true, true, null)]
    [InlineData("x.wild.example.com", "A", true, true, "x.wild.example.com A 1.2.3.5")]
    [InlineData("deep.x.wild.example.com", "A", true, true, "deep.x.wild.example.com A 1.2.3.5")]
    [InlineData("b.wild.example.com", "A", true, true, "")]
    [InlineData("www.example.com", "TXT", true, true, "")]
    [InlineData("none.example.com", "A", true, false, "")]
    [InlineData("example.com", "ANY", true, true, null)]
    [InlineData("a.sub.example.com", "A", true, true, "a.sub.example.com A 9.9.9.9")]
    [InlineData("other.net", "A", false, false, "")]
    public async Task A_resolver_answers_from_the_zones(string name, string type, bool ours, bool exists, string? records)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync(Domains, """{"name": "example.com"}""");
        await api.PostAsync(Domains, """{"name": "sub.example.com"}""");
        await api.PostAsync($"{Domains}/sub.example.com/records", """{"type": "A", "name": "a", "data": "9.9.9.9"}""");
        foreach (var (type1, name1, data) in new[]
        {
            ("A", "www", "1.2.3.4"), ("CNAME", "alias", "www.example.com."), ("CNAME", "away", "other.net."),
            ("CNAME", "loop", "loop2.example.com."), ("CNAME", "loop2", "loop.example.com."), ("A", "*.wild", "1.2.3.5"),
            ("TXT", "a.b.wild", "x"),
        })
        {
            Assert.Equal(201, (await api.PostAsync(
                Records, $$"""{"type": "{{type1}}", "name": "{{name1}}", "data": "{{data}}"}""")).Status);
        }

        var answer = DnsAnswers.Of(api.Account.State, name, type);

        Assert.Equal((ours, exists), (answer.IsOurs, answer.Exists));
        if (records is not null)
        {
            Assert.Equal(records, string.Join(", ", answer.Records.Select(found =>
                $"{found.Owner} {found.Record.Type} {found.Record.Target}")));
        }
    }

    private static string Text(JsonNode? record) => $"{record!["type"]} {record["name"]} {record["data"]}";
}
