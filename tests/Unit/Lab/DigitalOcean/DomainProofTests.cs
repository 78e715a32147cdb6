using System.Globalization;
using System.Text.Json;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.Domains;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>How the account proves to an authority that a name is its own.</summary>
public sealed class DomainProofTests
{
    private const string Certificates = "/v2/certificates";
    private const string Records = "/v2/domains/example.com/records";

    [Fact]
    public async Task A_proof_is_a_record_of_the_zone_while_the_order_lasts()
    {
        var authority = new FakeAuthority();
        await using var api = await StartAsync(authority);
        await api.PostAsync(Records, """{"type": "TXT", "name": "_acme-challenge.www", "data": "own", "ttl": 600}""");

        var certificate = await OrderAsync(api, "www.example.com", "*.example.com");

        Assert.Equal(Certificate.Verified, certificate.State);
        Assert.Equal(
        [
            "_acme-challenge.www.example.com own", $"_acme-challenge.www.example.com {FakeAuthority.Value}",
            $"_acme-challenge.example.com {FakeAuthority.Value}",
        ], authority.Seen);
        Assert.Equal(("own", 600), Assert.Single(Texts(api), record => record.Name == "_acme-challenge.www") is var left
            ? (left.Data, left.Ttl) : default);
        Assert.DoesNotContain(Texts(api), record => record.Data == FakeAuthority.Value);
        Assert.Empty(api.Account.State.All<PublishedProof>());
    }

    [Fact]
    public async Task A_refused_order_leaves_no_record_and_the_certificate_ends_in_error()
    {
        var authority = new FakeAuthority { Refuses = true };
        await using var api = await StartAsync(authority);

        var certificate = await OrderAsync(api, "www.example.com");

        Assert.Equal((Certificate.Error, CertificateWork.MostFailures), (certificate.State, authority.Orders));
        Assert.Empty(Texts(api));
        Assert.Empty(api.Account.State.All<PublishedProof>());
    }

    [Theory]
    [InlineData("""{"type": "CNAME", "name": "_acme-challenge.www", "data": "other.net."}""")]
    [InlineData("""{"type": "CAA", "name": "@", "data": "other.net.", "flags": 0, "tag": "issue"}""")]
    public async Task A_record_that_forbids_the_proof_or_the_authority_ends_in_error(string record)
    {
        var authority = new FakeAuthority();
        await using var api = await StartAsync(authority);
        Assert.Equal(201, (await api.PostAsync(Records, record)).Status);

        var certificate = await OrderAsync(api, "www.example.com");

        Assert.Equal(Certificate.Error, certificate.State);
        Assert.Empty(authority.Seen);
    }

    [Theory]
    [InlineData("www.example.com", true)]
    [InlineData("www.example.com", true, "0 issue @ letsencrypt.org")]
    [InlineData("www.example.com", false, "0 issue @ other.net")]
    [InlineData("www.example.com", true, "0 issue @ other.net", "0 issue @ letsencrypt.org")]
    [InlineData("www.example.com", true, "0 issue @ other.net", "0 issue www letsencrypt.org")]
    [InlineData("www.example.com", false, "0 issue @ letsencrypt.org", "0 issue www other.net")]
    [InlineData("www.example.com", true, "0 iodef @ mail.example.com")]
    [InlineData("*.example.com", false, "0 issue @ letsencrypt.org", "0 issuewild @ other.net")]
    [InlineData("*.example.com", true, "0 issue @ other.net", "0 issuewild @ letsencrypt.org")]
    [InlineData("www.example.com", true, "0 issue @ letsencrypt.org", "0 issuewild @ other.net")]
    [InlineData("*.example.com", false, "0 issue @ other.net")]
    public async Task Records_of_a_zone_say_which_authority_may_issue(string name, bool allowed, params string[] records)
    {
        await using var api = await StartAsync(new FakeAuthority());
        foreach (var words in records.Select(record => record.Split(' ')))
        {
            var flags = int.Parse(words[0], CultureInfo.InvariantCulture);
            var record = new { type = "CAA", flags, tag = words[1], name = words[2], data = $"{words[3]}." };
            Assert.Equal(201, (await api.PostAsync(Records, JsonSerializer.Serialize(record))).Status);
        }

        Assert.Equal(allowed, CertificateIssuance.MayIssue(api.Account.State, name));
    }

    [Fact]
    public async Task What_a_killed_process_published_is_removed_by_the_next_attempt_and_by_a_deletion()
    {
        var authority = new FakeAuthority();
        await using var api = await StartAsync(authority);
        var certificate = api.Account.Change(change => change.Put(
            new Certificate("id", "web", Certificate.LetsEncrypt, ["www.example.com"], Certificate.Pending, change.Now)));
        var killed = new DomainProof(api.Account, certificate.Id);
        killed.Publish("_acme-challenge.www.example.com", "old");

        await new CertificateIssuance(api.Account, authority).IssueAsync(certificate, TestContext.Current.CancellationToken);
        Assert.Equal([$"_acme-challenge.www.example.com {FakeAuthority.Value}"], authority.Seen);
        killed.Publish("_acme-challenge.www.example.com", "old");
        await api.DeleteAsync($"{Certificates}/{certificate.Id}");

        Assert.Empty(Texts(api));
    }

    [Fact]
    public async Task A_domain_that_is_deleted_during_an_order_has_no_proof()
    {
        await using var api = await StartAsync(new FakeAuthority());
        var proof = new DomainProof(api.Account, "id");
        proof.Publish("_acme-challenge.example.com.", "value");

        await api.DeleteAsync("/v2/domains/example.com");
        proof.Remove();

        var refused = Assert.Throws<CertificateException>(() => proof.Publish("_acme-challenge.example.com.", "value"));
        Assert.Equal("_acme-challenge.example.com is in no domain of the account", refused.Message);
        Assert.Empty(api.Account.State.All<PublishedProof>());
    }

    private static async Task<ApiClient> StartAsync(FakeAuthority authority)
    {
        var api = await ApiClient.StartAsync(authority: authority);
        authority.Account = api.Account;
        await api.PostAsync("/v2/domains", """{"name": "example.com"}""");
        return api;
    }

    private static async Task<Certificate> OrderAsync(ApiClient api, params string[] names)
    {
        var made = await api.PostAsync(Certificates, JsonSerializer.Serialize(
            new { name = "web", type = "lets_encrypt", dns_names = names }));
        Assert.Equal(201, made.Status);
        var id = (string)made.Body!["certificate"]!["id"]!;
        await api.PassAsync(TimeSpan.Zero, state => state.Get<Certificate>(id).State != Certificate.Pending);
        return api.Account.State.Get<Certificate>(id);
    }

    private static IReadOnlyList<DnsRecord> Texts(ApiClient api) =>
        [.. api.Account.State.All<DnsRecord>().Where(record => record.Type == "TXT")];
}
