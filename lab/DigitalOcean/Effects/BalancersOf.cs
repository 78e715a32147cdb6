using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.DigitalOcean.LoadBalancers;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Specs;

namespace Infra.Lab.DigitalOcean.Effects;

/// <summary>The load balancers of the account, as specifications for the host runtime.</summary>
internal static class BalancersOf
{
    public static IReadOnlyList<BalancerSpec> State(AccountState state) =>
        [.. state.All<LoadBalancer>().Where(HasAddresses).Select(balancer => Spec(state, balancer))];

    /// <summary>Whether it is in the networks: a global one is not, nor one that has just been created.</summary>
    public static bool HasAddresses(LoadBalancer balancer) => balancer is { Address: not null, VpcAddress: not null, VpcId: not null };

    /// <summary>Allowed callers.</summary>
    public static IReadOnlyList<string> Ranges(IEnumerable<string> callers) =>
        [.. callers.Select(entry => entry[(entry.IndexOf(':', StringComparison.Ordinal) + 1)..])];

    private static BalancerSpec Spec(AccountState state, LoadBalancer balancer)
    {
        var settings = balancer.Settings;
        var check = settings.HealthCheck;
        return new(
            balancer.Id,
            balancer.Address!,
            balancer.VpcAddress!,
            balancer.VpcId!,
            state.Get<Vpc>(balancer.VpcId!).IpRange,
            [.. settings.ForwardingRules.Where(rule => rule.EntryProtocol is not ("udp" or "http3")).Select(rule => Rule(state, rule))],
            [.. LoadBalancers.LoadBalancers.ServersOf(state, balancer)
                .Where(server => server.IsUp && server.VpcAddress is not null && server.VpcId == balancer.VpcId)
                .Select(server => server.VpcAddress!)],
            new(check.Protocol, check.Port, check.Path, check.CheckIntervalSeconds, check.ResponseTimeoutSeconds,
                check.UnhealthyThreshold, check.HealthyThreshold)
            {
                ProxyProtocol = check.ProxyProtocol ?? settings.EnableProxyProtocol,
            },
            settings.HttpIdleTimeoutSeconds,
            Ranges(settings.Allow))
        {
            DeniedCidrs = Ranges(settings.Deny),
            ProxyProtocol = settings.EnableProxyProtocol,
            Keepalive = settings.EnableBackendKeepalive,
            RedirectToHttps = settings.RedirectHttpToHttps,
            Sticky = settings.StickySessions is { CookieName: { } cookie, CookieTtlSeconds: { } seconds } ? new(cookie, seconds) : null,
        };
    }

    private static BalancerRule Rule(AccountState state, ForwardingRule rule)
    {
        var issued = state.Find<Certificate>(rule.CertificateId)?.Issued;
        var http = rule is { EntryProtocol: "http" or "https" or "http2", TlsPassthrough: false };
        return new(rule.EntryPort, rule.TargetPort, issued is null, issued?.ChainPem, issued?.KeyPem)
        {
            Http = http,
            Http2 = rule.EntryProtocol == "http2",
            TargetTls = rule.TargetProtocol is "https" or "http2",
        };
    }
}
