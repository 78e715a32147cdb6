using System.Collections.Immutable;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;
using Infra.Stacks;
using Infra.Tests.Unit.Config;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Tests.Deployments;

[Collection(SerialDeployments.Name)]
public sealed class ProgramTests
{
    [Fact]
    public async Task Nothing_is_declared_when_digitalocean_does_not_have_the_size()
    {
        var mocks = new StrictMocks(preview: false);
        var failure = await Assert.ThrowsAsync<RunException>(() => RunAsync(mocks, "dev"));
        Assert.Contains("offers this account no GPU size", failure.Message, StringComparison.Ordinal);
        Assert.Empty(mocks.Registered);
    }

    [Theory]
    [InlineData("My_Stack")]
    [InlineData("a.b")]
    [InlineData("9")]
    public async Task Nothing_is_declared_for_a_stack_whose_name_is_no_part_of_a_host_name(string stack)
    {
        var mocks = new StrictMocks(preview: false);
        var failure = await Assert.ThrowsAsync<RunException>(() => RunAsync(mocks, stack));
        Assert.Contains("pulumi stack rename", failure.Message, StringComparison.Ordinal);
        Assert.Empty(mocks.Registered);
    }

    [Fact]
    public async Task A_host_name_that_is_too_long_is_reported_before_anything_is_declared()
    {
        var mocks = new StrictMocks(preview: false);
        var plan = StackPlan.Read(
            Configs.With(($"endpoints.{new string('e', 31)}.model", $"\"{Configs.Model}\""), ("endpoints.chat", null)));
        var failure = await Assert.ThrowsAsync<RunException>(() => Deployment.TestAsync(
            mocks, new TestOptions { IsPreview = false, StackName = new string('s', 31) }, () => InferenceProgram.DefineAsync(plan)));
        Assert.Contains("the limit is 63", failure.Message, StringComparison.Ordinal);
        Assert.Empty(mocks.Registered);
    }

    [Theory]
    [InlineData(27, false)] // a Volume's name: 26 + 1 + 27 + 2 + 8 = 64
    [InlineData(28, true)]
    public async Task A_name_of_a_volume_that_is_too_long_is_reported_before_anything_is_declared(int length, bool tooLong)
    {
        var mocks = new StrictMocks(preview: false);
        var name = new string('e', length);
        var plan = StackPlan.Read(Configs.With(
            ($"endpoints.{name}.model", $"\"{Configs.Model}\""), ($"endpoints.{name}.cacheVolumeGiB", "50"), ("endpoints.chat", null)));
        Task DefineAsync() => Deployment.TestAsync(
            mocks, new TestOptions { IsPreview = false, StackName = new string('s', 26) }, () => InferenceProgram.DefineAsync(plan));
        if (!tooLong)
        {
            await DefineAsync();
            return;
        }
        Assert.Contains("the limit is 64", (await Assert.ThrowsAsync<RunException>(DefineAsync)).Message, StringComparison.Ordinal);
        Assert.Empty(mocks.Registered);
    }

    [Fact]
    // StrictMocks fails every call
    public async Task Without_live_sizes_no_provider_is_asked() => Assert.NotEmpty((await MockedDeployment.RunStackAsync("dev")).Declared);

    [Theory]
    [InlineData("tor1", "sizeUnit", 1.0)]
    [InlineData("nyc2", "size", "lb-small")]
    public async Task A_load_balancer_has_the_size_that_its_region_knows(string region, string input, object expected)
    {
        var run = await MockedDeployment.RunAsync(
            StackPlan.Read(Configs.With(("region", $"\"{region}\""), ("endpoints.chat.access", "\"internal\""))));
        Assert.Equal(expected, run.Only("digitalocean:index/loadBalancer:LoadBalancer").Inputs[input]);
    }

    [Fact]
    public async Task A_public_endpoint_has_a_certificate_that_can_be_replaced_and_a_record_of_ours()
    {
        var run = await MockedDeployment.RunStackAsync("prod");
        var certificate = run.Only("digitalocean:index/certificate:Certificate");
        Assert.Equal("lets_encrypt", certificate.Text("type"));
        Assert.Equal(["llm.example.com"], Laws.Texts(certificate.Inputs, "domains"));
        Assert.False(certificate.Inputs.ContainsKey("name")); // the provider makes one: a new certificate stands next to the one in use
        var record = run.Only("digitalocean:index/dnsRecord:DnsRecord");
        Assert.Equal(("example.com", "llm", "A", "198.51.100.9"),
            (record.Text("domain"), record.Text("name"), record.Text("type"), record.Text("value")));
        var balancer = run.Only("digitalocean:index/loadBalancer:LoadBalancer");
        Assert.Equal(true, balancer.Inputs["disableLetsEncryptDnsRecords"]);
        Assert.Equal("STRONG", balancer.Inputs["tlsCipherPolicy"]);
        Assert.Equal(600.0, balancer.Inputs["httpIdleTimeoutSeconds"]);
        var rule = Assert.Single(ProviderRules.List(balancer.Inputs, "forwardingRules"));
        Assert.Equal((false, "chat-0a1b2c3"), (rule["tlsPassthrough"], rule["certificateName"]));
    }

    [Fact]
    public async Task An_internal_load_balancer_passes_tls_through()
    {
        var run = await MockedDeployment.RunStackAsync("cluster");
        var rule = Assert.Single(
            ProviderRules.List(run.Named("digitalocean:index/loadBalancer:LoadBalancer", "chat").Inputs, "forwardingRules"));
        Assert.Equal(true, rule["tlsPassthrough"]);
        Assert.False(rule.ContainsKey("certificateName"));
        Assert.Empty(run.All("digitalocean:index/certificate:Certificate"));
    }

    [Fact]
    public async Task Names_that_must_be_unique_are_deleted_before_they_are_made_again()
    {
        var run = await MockedDeployment.RunStackAsync("cluster");
        Assert.All(run.All("digitalocean:index/loadBalancer:LoadBalancer").Concat(run.All("digitalocean:index/vpc:Vpc")),
            resource => Assert.True(resource.Custom.DeleteBeforeReplace));
        Assert.Equal(TimeSpan.FromMinutes(10), run.Only("digitalocean:index/vpc:Vpc").Options.CustomTimeouts?.Delete);
    }

    [Fact]
    public async Task A_droplet_reaches_dns_packages_tls_and_time_and_nothing_else()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        var rules = ProviderRules.List(run.Only("digitalocean:index/firewall:Firewall").Inputs, "outboundRules");
        Assert.Equal(
            ["icmp", "tcp 443", "tcp 53", "tcp 80", "udp 123", "udp 53"],
            rules.Select(rule => rule.TryGetValue("portRange", out var port) ? $"{rule["protocol"]} {port}" : (string)rule["protocol"])
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Outputs_show_how_to_reach_a_private_endpoint()
    {
        var run = await MockedDeployment.RunStackAsync("dev");
        var (value, _) = await MockedDeployment.ValueAsync(run.Outputs[StackOutputs.Endpoints]);
        var chat = (ImmutableDictionary<string, object?>)((ImmutableDictionary<string, object>)value!)["chat"];
        Assert.Equal(
            "ssh -N -L 8443:127.0.0.1:443 -i ops.key -o IdentitiesOnly=yes -o UserKnownHostsFile=known_hosts -o "
                + "StrictHostKeyChecking=yes ops@192.0.2.1",
            chat["tunnel"]);
        Assert.Contains("curl --cacert ca.pem https://127.0.0.1:8443/v1/chat/completions", (string)chat["curl"]!, StringComparison.Ordinal);
        Assert.Contains("export OPENAI_BASE_URL=https://127.0.0.1:8443/v1", (string)chat["openai"]!, StringComparison.Ordinal);
        var price = ModelCatalog.Load().Sizes["gpu-4000adax1-20gb"].UsdPerHour!.Value;
        Assert.Equal((double)price, chat["usdPerHour"]);
        Assert.Equal("192.0.2.1 ssh-ed25519 AAAA-chat-0-host\n",
            (await MockedDeployment.ValueAsync(run.Outputs[StackOutputs.KnownHosts])).Value);
        Assert.Equal("CERT-OF authority\n", (await MockedDeployment.ValueAsync(run.Outputs[StackOutputs.CertificateAuthority])).Value);
        Assert.Equal((double)(price * 744), run.Outputs[StackOutputs.UsdPerMonth]);
    }

    [Fact]
    public async Task Outputs_show_how_to_reach_a_public_endpoint()
    {
        var run = await MockedDeployment.RunStackAsync("prod");
        var (value, _) = await MockedDeployment.ValueAsync(run.Outputs[StackOutputs.Endpoints]);
        var chat = (ImmutableDictionary<string, object?>)((ImmutableDictionary<string, object>)value!)["chat"];
        Assert.Equal("https://llm.example.com/v1", chat["url"]);
        Assert.StartsWith("curl https://llm.example.com/v1/chat/completions", (string)chat["curl"]!, StringComparison.Ordinal);
    }

    private static async Task RunAsync(StrictMocks mocks, string stack, params LiveSize[]? sizes) => await Deployment.TestAsync(
        mocks, new TestOptions { IsPreview = false, StackName = stack },
        () => InferenceProgram.DefineAsync(StackPlan.Read(Configs.With()),
            new() { LiveSizes = () => Task.FromResult<IReadOnlyList<LiveSize>>(sizes ?? []) }));
}
