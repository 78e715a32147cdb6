using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>A forwarding rule, ready to be used: its certificate is read.</summary>
internal sealed class EntryRule
{
    public EntryRule(BalancerRule rule)
    {
        Rule = rule;
        if (rule.Passthrough)
        {
            return;
        }
        if (rule.CertificatePem is null || rule.PrivateKeyPem is null)
        {
            throw new ArgumentException($"port {rule.EntryPort} ends TLS and has no certificate or no key");
        }
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(rule.CertificatePem);
        Tls = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPem(rule.CertificatePem, rule.PrivateKeyPem), chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        };
    }

    public BalancerRule Rule { get; }

    /// <summary>How TLS ends here; null where it goes through.</summary>
    public SslServerAuthenticationOptions? Tls { get; }
}
