using Infra.Lab.Specs;
using Infra.Planning.Plan;

namespace Infra.Tests.Unit.Lab.Provider;

[Collection(Deployments.SerialDeployments.Name)]
public sealed class PolicyTests : IDisposable
{
    private static readonly string[] s_outbound = ["icmp ", "tcp 443", "tcp 53", "tcp 80", "udp 123", "udp 53"];

    private readonly Account _account = new() { GpuLimit = 64 };

    public void Dispose() => _account.Dispose();

    [Theory]
    [InlineData("local")]
    [InlineData("cluster")]
    [InlineData("prod")]
    public async Task Nothing_is_open_that_was_not_asked_for(string stack)
    {
        var plan = Account.Plan(stack);
        (await _account.UpAsync(plan)).Succeeded();
        var policy = _account.Runtime.Policy;
        Assert.Equal(plan.Endpoints.Sum(endpoint => endpoint.Replicas), policy.Servers.Count);
        foreach (var server in policy.Servers)
        {
            var endpoint = EndpointOf(plan, server);
            Assert.True(server.Guarded);
            Assert.Equal(Expected(plan, endpoint, policy), server.Inbound.Select(Text).Order(StringComparer.Ordinal));
            Assert.Equal(
                s_outbound.Select(rule => $"{rule} 0.0.0.0/0 ::/0"),
                server.Outbound.Select(Text).Order(StringComparer.Ordinal));
        }
        foreach (var (id, balancer) in _account.Runtime.Balancers)
        {
            var of = Assert.Single(policy.Balancers, known => known.Id == id);
            Assert.Equal((balancer.Address, balancer.BackendAddress), (of.Address, of.BackendAddress));
            Assert.Equal(balancer.AllowedCidrs, of.AllowedCidrs);
            var inside = Infra.Planning.Config.Cidr.Parse(balancer.VpcCidr);
            Assert.True(inside.Contains(Infra.Planning.Config.Cidr.Parse($"{of.BackendAddress}/32")));
            Assert.Equal(of.Address == of.BackendAddress, inside.Contains(Infra.Planning.Config.Cidr.Parse($"{of.Address}/32")));
        }
    }

    [Fact]
    public async Task A_public_load_balancer_has_the_certificate_of_its_domain_and_who_may_call()
    {
        var run = (await _account.UpAsync(Account.Plan("prod"))).Succeeded();
        var balancer = Assert.Single(_account.Runtime.Balancers.Values);
        Assert.Equal(["198.51.100.0/24"], balancer.AllowedCidrs);
        Assert.Equal(_account.Runtime.Servers.Values.Select(server => server.PrivateAddress).Order(), balancer.Backends.Order());
        Assert.Equal((600, "https", 443, "/ready", 5, 5, 3, 2),
            (balancer.IdleTimeoutSeconds, balancer.Check.Protocol, balancer.Check.Port, balancer.Check.Path,
            balancer.Check.IntervalSeconds, balancer.Check.TimeoutSeconds, balancer.Check.UnhealthyThreshold,
            balancer.Check.HealthyThreshold));
        var rule = Assert.Single(balancer.Rules);
        Assert.False(rule.Passthrough);
        using var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(rule.CertificatePem,
            rule.PrivateKeyPem);
        Assert.True(certificate.MatchesHostname("llm.example.com"));
        Assert.Equal(balancer.Address, run.Only(Infra.Lab.Provider.Resources.Types.DnsRecord, "chat").Inputs["value"]);

        // Another domain: the certificate stands next to the old one until the load balancer has it, and the load balancer stays.
        var changed = Deployments.StackFiles.Config("prod")["inference:endpoints"]
            .Replace("llm.example.com", "other.example.com", StringComparison.Ordinal);
        (await _account.UpAsync(Account.Plan("prod", ("inference:endpoints", changed)))).Succeeded();
        var after = Assert.Single(_account.Runtime.Balancers.Values);
        Assert.Equal(balancer.Id, after.Id);
        using var other = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(after.Rules[0].CertificatePem);
        Assert.True(other.MatchesHostname("other.example.com"));
    }

    private EndpointPlan EndpointOf(StackPlan plan, ServerPolicy server) =>
        plan.Endpoints.OrderByDescending(endpoint => endpoint.Name.Length).First(endpoint =>
            _account.Runtime.Servers[server.ServerId].Name.StartsWith($"test-{endpoint.Name}-", StringComparison.Ordinal));

    private IEnumerable<string> Expected(StackPlan plan, EndpointPlan endpoint, NetworkPolicy policy)
    {
        var rules = new List<PolicyRule> { new("tcp", "22", plan.Config.AdminCidrs) };
        if (endpoint.LoadBalancer is not null)
        {
            var balancer = _account.Runtime.Balancers.Values.Single(balancer =>
                policy.Servers.Where(server => EndpointOf(plan, server) == endpoint)
                .Select(server => server.PrivateAddress).Order(StringComparer.Ordinal)
                .SequenceEqual(balancer.Backends.Order(StringComparer.Ordinal)));
            rules.Add(new("tcp", "443", [balancer.BackendAddress]));
        }
        return rules.Select(Text).Order(StringComparer.Ordinal); // a tag that no Droplet has opens nothing
    }

    private static string Text(PolicyRule rule) => $"{rule.Protocol} {rule.Ports} {string.Join(' ', rule.Cidrs)}";
}
