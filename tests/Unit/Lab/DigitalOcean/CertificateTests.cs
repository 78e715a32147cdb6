using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using CertificateRequest = System.Security.Cryptography.X509Certificates.CertificateRequest;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>Certificates as the API keeps them.</summary>
public sealed class CertificateTests
{
    private const string Certificates = "/v2/certificates";
    private const string Ordered = """{"name": "web", "type": "lets_encrypt", "dns_names": ["www.example.com", "*.example.com"]}""";

    [Fact]
    public async Task An_own_certificate_is_verified_at_once_and_its_key_is_never_shown()
    {
        await using var api = await ApiClient.StartAsync();
        var (leaf, key) = New("llm.example.com");

        var made = await api.PostAsync(Certificates, Json("own", leaf, key));
        var view = made.Body!["certificate"]!;
        var read = await api.GetAsync($"{Certificates}/{view["id"]}");
        var listed = await api.GetAsync($"{Certificates}?name=own");

        Assert.Equal((201, "verified", "custom", """["llm.example.com"]"""), (
            made.Status, (string?)view["state"], (string?)view["type"], view["dns_names"]!.ToJsonString()));
        using var certificate = X509Certificate2.CreateFromPem(leaf);
        Assert.Equal(certificate.Thumbprint.ToLowerInvariant(), (string?)view["sha1_fingerprint"]);
        Assert.Equal(certificate.NotAfter.ToUniversalTime(), view["not_after"]!.GetValue<DateTimeOffset>());
        Assert.Equal(view.ToJsonString(), read.Body!["certificate"]!.ToJsonString());
        Assert.Equal((1, 0), (
            (int)listed.Body!["meta"]!["total"]!, (int)(await api.GetAsync($"{Certificates}?name=x")).Body!["meta"]!["total"]!));
        Assert.DoesNotContain("KEY", listed.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal((204, 404), (
            (await api.DeleteAsync($"{Certificates}/{view["id"]}")).Status, (await api.GetAsync($"{Certificates}/{view["id"]}")).Status));
    }

    [Fact]
    public async Task Wrong_own_certificates_are_refused()
    {
        await using var api = await ApiClient.StartAsync();
        var (leaf, key) = New("llm.example.com");
        var (otherLeaf, otherKey) = New("other.example.com");

        Assert.Equal("name is required", await Refused("""{"type": "custom"}"""));
        Assert.Equal("private_key is required", await Refused("""{"name": "x"}"""));
        Assert.Equal("leaf_certificate is required", await Refused(JsonSerializer.Serialize(new { name = "x", private_key = key })));
        Assert.Equal("The certificate and private key do not match.", await Refused(Json("x", leaf, otherKey)));
        Assert.Equal("The certificate is not valid PEM.", await Refused(Json("x", "x", key)));
        Assert.Equal("The certificate and private key do not match.", await Refused(Json("x", leaf, "x")));
        Assert.Equal("The certificate chain is not valid PEM.", await Refused(Json("x", leaf, key, "x")));
        Assert.Equal("type must be custom or lets_encrypt", await Refused("""{"name": "x", "type": "y"}"""));
        Assert.Equal(201, (await api.PostAsync(Certificates, Json("x", leaf, key, otherLeaf))).Status);
        Assert.Equal("A certificate with this name already exists.", await Refused(Json("x", otherLeaf, otherKey)));

        async Task<string?> Refused(string json)
        {
            var refused = await api.PostAsync(Certificates, json);
            Assert.Equal(422, refused.Status);
            return refused.Message;
        }
    }

    [Fact]
    public async Task A_lets_encrypt_certificate_is_pending_until_it_is_issued()
    {
        await using var api = await ApiClient.StartAsync(settings => settings with { Pace = Pace.Real });
        await api.PostAsync("/v2/domains", """{"name": "example.com"}""");

        var made = await api.PostAsync(Certificates, Ordered);
        var id = (string)made.Body!["certificate"]!["id"]!;
        await UntilIssued(api, id);
        Assert.Equal("pending", (string?)(await api.GetAsync($"{Certificates}/{id}")).Body!["certificate"]!["state"]);
        await api.PassAsync(TimeSpan.FromMinutes(1), state => state.Get<Certificate>(id).State == Certificate.Verified);
        var read = (await api.GetAsync($"{Certificates}/{id}")).Body!["certificate"]!;

        Assert.Equal((201, "pending", "", "0001-01-01T00:00:00Z"), (
            made.Status, (string?)made.Body["certificate"]!["state"], (string?)made.Body["certificate"]!["sha1_fingerprint"],
            (string?)made.Body["certificate"]!["not_after"]));
        Assert.Equal(("verified", 40), ((string?)read["state"], ((string)read["sha1_fingerprint"]!).Length));
        Assert.Equal("""["www.example.com","*.example.com"]""", read["dns_names"]!.ToJsonString());
        var issued = api.Account.State.Get<Certificate>(id).Issued!;
        Assert.Equal(["www.example.com", "*.example.com"], CertificateFiles.Names(issued));
        using var certificate = X509Certificate2.CreateFromPem(issued.ChainPem, issued.KeyPem);
        using var root = X509Certificate2.CreateFromPem(api.Account.State.Get<PublicAuthority>(PublicAuthority.Name).CertificatePem);
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust } };
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = api.Clock.GetUtcNow().UtcDateTime;
        Assert.True(chain.Build(certificate));
    }

    [Theory]
    [InlineData("""["www.other.net"]""", "one or more of the domains are not managed by DigitalOcean")]
    [InlineData("""["example.com", "www.other.net"]""", "one or more of the domains are not managed by DigitalOcean")]
    [InlineData("""[]""", "dns_names must have between 1 and 100 names")]
    [InlineData("""["a b.example.com"]""", "dns_names: a b.example.com is not a valid domain name")]
    [InlineData("""[null]""", "dns_names must not have null values")]
    public async Task Names_must_be_in_the_accounts_zones(string names, string message)
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync("/v2/domains", """{"name": "example.com"}""");

        var refused = await api.PostAsync(Certificates, $$"""{"name": "web", "type": "lets_encrypt", "dns_names": {{names}} }""");

        Assert.Equal((422, message), (refused.Status, refused.Message));
    }

    [Fact]
    public async Task A_certificate_is_renewed_in_its_last_month_under_its_name()
    {
        await using var api = await ApiClient.StartAsync();
        await api.PostAsync("/v2/domains", """{"name": "example.com"}""");
        var id = (string)(await api.PostAsync(Certificates, Ordered)).Body!["certificate"]!["id"]!;
        await api.Account.UntilAsync(
            state => state.Get<Certificate>(id).State == Certificate.Verified, TestContext.Current.CancellationToken);
        var before = api.Account.State.Get<Certificate>(id);
        api.Account.Change(change => change.Put(new CertificateUser("user", [id])));

        await api.PassAsync(TimeSpan.FromDays(59), _ => true);
        Assert.NotNull(api.Account.State.Find<Certificate>(id));
        await api.PassAsync(TimeSpan.FromDays(2), state => state.Find<Certificate>(id) is null);

        var renewed = Assert.Single(api.Account.State.All<Certificate>());
        Assert.Equal((before.Name, before.State, before.CreatedAt), (renewed.Name, renewed.State, renewed.CreatedAt));
        Assert.True(renewed.Issued!.NotAfter > before.Issued!.NotAfter.AddDays(59));
        Assert.Equal([renewed.Id], api.Account.State.Get<CertificateUser>("user").Certificates);
        await api.PassAsync(TimeSpan.FromDays(62), state => state.Find<Certificate>(renewed.Id) is null);
    }

    [Fact]
    public async Task A_certificate_in_use_is_not_deleted()
    {
        await using var api = await ApiClient.StartAsync();
        var (leaf, key) = New("llm.example.com");
        var id = (string)(await api.PostAsync(Certificates, Json("own", leaf, key))).Body!["certificate"]!["id"]!;
        api.Account.Change(change => change.Put(new CertificateUser("user", [id])));

        var refused = await api.DeleteAsync($"{Certificates}/{id}");

        Assert.Equal((403, "Make sure the certificate is not in use before deleting it"), (refused.Status, refused.Message));
    }

    [Fact]
    public void A_certificate_fails_after_three_attempts_twenty_minutes_apart()
    {
        using var store = AccountStore.Open(":memory:");
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using var account = new CloudAccount(
            store, new AccountSettings { Catalog = Infra.Planning.Catalog.ModelCatalog.Load(), Pace = Pace.Real }, clock);
        var handler = new IssueCertificate(account, new LocalAuthority(account));
        account.Change(change =>
        {
            var certificate = change.Put(new Certificate("id", "web", Certificate.LetsEncrypt, ["a.b"], Certificate.Pending, change.Now));
            change.Put(CertificateWork.Issue(change, certificate));
        });

        var waits = new List<double>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var work = account.State.All<Work>().Single();
            waits.Add((work.DueAt - clock.GetUtcNow()).TotalMinutes);
            Assert.Equal(Certificate.Pending, account.State.Get<Certificate>("id").State);
            account.Change(change =>
            {
                change.Remove(work);
                handler.End(change, work, new CertificateException("refused"));
            });
        }

        Assert.Equal(Certificate.Error, account.State.Get<Certificate>("id").State);
        Assert.Empty(account.State.All<Work>());
        Assert.True(waits[0] < 1 && waits[1] > 20 && waits[2] > 40);
    }

    private static Task UntilIssued(ApiClient api, string id) =>
        api.Account.UntilAsync(state => state.Get<Certificate>(id).Issued is not null, TestContext.Current.CancellationToken);

    private static string Json(string name, string leaf, string key, string? chain = null) => JsonSerializer.Serialize(
        new { name, type = "custom", leaf_certificate = leaf, private_key = key, certificate_chain = chain });

    internal static (string Leaf, string Key) New(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(
            new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2027, 12, 1, 0, 0, 0, TimeSpan.Zero));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}

internal sealed record CertificateUser(string Name, System.Collections.Immutable.ImmutableArray<string> Certificates) : IUsesCertificates
{
    public string Key => Name;

    public bool Uses(string certificate) => Certificates.Contains(certificate);

    public IUsesCertificates With(string renewed, string before) => this with { Certificates = Certificates.Replace(before, renewed) };
}
