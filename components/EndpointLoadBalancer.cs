using System.Collections.Immutable;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.DigitalOcean.Inputs;

namespace Infra.Components;

/// <summary>Arguments of <see cref="EndpointLoadBalancer"/>.</summary>
public sealed class EndpointLoadBalancerArgs : ResourceArgs
{
    /// <summary>Name at DigitalOcean: letters, digits, <c>-</c> and <c>.</c>, unique in the account.</summary>
    [Input("cloudName", required: true)]
    public required Input<string> CloudName { get; init; }

    /// <summary>Region slug. Known at plan time: the name of the size unit depends on it.</summary>
    public required string Region { get; init; }

    /// <summary>Id of the VPC.</summary>
    [Input("vpcId", required: true)]
    public required Input<string> VpcId { get; init; }

    /// <summary>Tag of the Droplets behind it.</summary>
    [Input("dropletTag", required: true)]
    public required Input<string> DropletTag { get; init; }

    /// <summary>Address range of the VPC.</summary>
    [Input("vpcRange", required: true)]
    public required Input<string> VpcRange { get; init; }

    /// <summary>Allowed callers. Known at plan time.</summary>
    public required Callers Callers { get; init; }

    /// <summary>Domain of a public load balancer. Default: none; then it only has an address in the VPC.</summary>
    public EndpointDomain? Domain { get; init; }
}

/// <summary>
/// A load balancer with HTTPS on 443. In the VPC it passes TLS through to the nodes. With a domain it terminates TLS with a certificate
/// that DigitalOcean renews, and uses TLS to the nodes.
/// </summary>
public sealed class EndpointLoadBalancer : ComponentResource
{
    // docs.digitalocean.com/products/networking/load-balancers/, and the API's description of size_unit, 2026-08-07: no size units there.
    private static readonly string[] s_regionsWithoutUnits = ["ams2", "nyc2", "sfo1"];

    public EndpointLoadBalancer(string name, EndpointLoadBalancerArgs args, ComponentResourceOptions? options = null)
        : base("infra:components:EndpointLoadBalancer", name, args, options)
    {
        CheckAllowed(name, args);
        // No name: the provider generates one, so that a new certificate can exist next to the one in use.
        var certificate = args.Domain is { } named ? new Certificate(name, new()
        {
            Type = "lets_encrypt",
            Domains = named.Name,
        }, new()
        {
            Parent = this,
            // DigitalOcean asks Let's Encrypt up to three times, 20 minutes apart. After the provider's default of 10 minutes the state
            // would have an incomplete certificate, and every later run would end in "doesn't support update" (docs/operations.md).
            CustomTimeouts = new() { Create = TimeSpan.FromMinutes(75) },
        }) : null;

        var hasUnits = !s_regionsWithoutUnits.Contains(args.Region, StringComparer.Ordinal);
        var balancer = new LoadBalancer(name, new()
        {
            Name = args.CloudName,
            Region = args.Region,
            Type = "REGIONAL",
            Network = certificate is null ? "INTERNAL" : "EXTERNAL",
            NetworkStack = "IPV4",
            VpcUuid = args.VpcId,
            Size = hasUnits ? null : (Input<string>)"lb-small",
            SizeUnit = hasUnits ? (Input<int>)1 : null,
            DropletTag = args.DropletTag,
            ForwardingRules = Rule(certificate),
            Healthcheck = new LoadBalancerHealthcheckArgs
            {
                Protocol = "https",
                Port = PortAccess.ApiPort,
                Path = "/ready",
                // A ready model is reachable after two checks; a lost server is removed after three.
                CheckIntervalSeconds = 5,
                ResponseTimeoutSeconds = 5,
                UnhealthyThreshold = 3,
                HealthyThreshold = 2,
            },
            // A long generation without a token must not be cut: the maximum instead of 60 s. Only effective if TLS ends here. With TLS
            // passthrough it has no effect but is still set, because removing it later would not change the load balancer (docs/adr/0003).
            HttpIdleTimeoutSeconds = CloudLimits.Current.LongestHttpIdleSeconds.Value,
            TlsCipherPolicy = certificate is null ? null : (Input<string>)"STRONG",
            // It would create records that no one deletes; ours is below.
            DisableLetsEncryptDnsRecords = true,
            Firewall = Allowed(args),
        }, new()
        {
            Parent = this,
            // The name is unique, so delete before replace. The provider waits 10 minutes for the new one to become active, whatever
            // CustomTimeouts say, and does not wait for the deletion of the old one (docs/operations.md).
            DeleteBeforeReplace = true,
        });
        Address = balancer.Ip;
        Id = balancer.Id;
        if (args.Domain is { } domain)
        {
            var record = new DnsRecord(name, new()
            {
                Domain = domain.Zone,
                Type = "A",
                Name = domain.Record,
                Value = balancer.Ip,
                Ttl = 300,
            }, new() { Parent = this });
            Url = record.Fqdn.Apply(_ => $"https://{domain.Name}/v1");
        }
        else
        {
            Url = Output.Format($"https://{balancer.Ip}/v1");
        }
        RegisterOutputs();
    }

    /// <summary>Its id, a UUID: Cloud Firewalls reference it.</summary>
    [Output("id")]
    public Output<string> Id { get; private init; }

    /// <summary>Its address: in the VPC, or with a domain on the internet.</summary>
    [Output("address")]
    public Output<string> Address { get; private init; }

    /// <summary>Base URL of the API.</summary>
    [Output("url")]
    public Output<string> Url { get; private init; }

    private static LoadBalancerForwardingRuleArgs Rule(Certificate? certificate) => new()
    {
        EntryProtocol = "https",
        EntryPort = PortAccess.ApiPort,
        TargetProtocol = "https",
        TargetPort = PortAccess.ApiPort,
        TlsPassthrough = certificate is null,
        CertificateName = certificate is null ? null : (Input<string>)certificate.Name, // ids change with every renewal
    };

    // Always a non-empty list. If the list is removed, the provider keeps the old one without showing it in the preview; an empty list is
    // omitted from the request and opens the load balancer to all callers.
    private static LoadBalancerFirewallArgs Allowed(EndpointLoadBalancerArgs args) => new()
    {
        // Known at plan time if possible, so that a preview shows it.
        Allows = args.Callers.WholeVpc
            ? args.VpcRange.Apply(range => args.Callers.InAddresses(range).Select(Entry).ToImmutableArray())
            : args.Callers.Cidrs.Select(Entry).ToArray(),
    };

    private static string Entry(string cidr) => $"cidr:{cidr}";

    private static void CheckAllowed(string name, EndpointLoadBalancerArgs args)
    {
        if (args.Callers.AreNone)
        {
            var key = ConfigPath.Member(ConfigPath.Member("endpoints", name), "clientCidrs");
            throw new ConfigurationException(UserError.InStackConfig(ConfigPath.Element(key, 0), null,
                "is missing: list the callers of a public endpoint, or 0.0.0.0/0 for all. An empty list would silently open it to all",
                ConfigExamples.Of("clientCidrs")));
        }
    }
}
