using System.Collections.Immutable;
using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.LoadBalancers;
using Infra.Lab.DigitalOcean.Networks;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Load balancers. Checks of the provider: terraform-provider-digitalocean 401992a1, resource_loadbalancer.go.</summary>
internal sealed class LoadBalancerKind : DigitalOceanKind
{
    public override string Type => Types.LoadBalancer;

    protected override string ReadFailure => "Error retrieving Loadbalancer";

    public override bool IsInNetworks => true;

    public override bool ReplacedBy(string input) => input is "network" or "networkStack" or "region" or "type" or "vpcUuid";

    // The lists of its firewall have an order.
    protected override bool IsSet(string input) => input is "domains" or "dropletIds" or "forwardingRules" or "targetLoadBalancerIds";

    protected override bool IgnoresCase(string input) => input is "dropletTag" or "region";

    protected override object? Default(string input) => input switch
    {
        "algorithm" => "round_robin",
        "disableLetsEncryptDnsRecords" or "enableBackendKeepalive" or "enableProxyProtocol" or "redirectHttpToHttps" => false,
        _ => null,
    };

    // A firewall without entries changes nothing: the provider leaves it out.
    public override bool Same(string input, object? before, object? after) =>
        (input == "firewall" && after is PropertyMap lists && lists.Values.All(list => list is ImmutableArray<object> { IsEmpty: true }))
        || base.Same(input, before, after);

    public override void Check(CloudResource? before, CloudResource after)
    {
        var inputs = after.Inputs;
        OneOf(inputs, "network", "network", "EXTERNAL", "INTERNAL");
        OneOf(inputs, "networkStack", "network_stack", "IPV4", "DUALSTACK");
        OneOf(inputs, "type", "type", "REGIONAL", "GLOBAL", "REGIONAL_NETWORK");
        OneOf(inputs, "tlsCipherPolicy", "tls_cipher_policy", "DEFAULT", "STRONG");
        OneOf(inputs, "size", "size", "lb-small", "lb-medium", "lb-large");
        InRange(inputs, "sizeUnit", "size_unit", 1, 200);
        if (inputs.ContainsKey("dropletIds") && inputs.ContainsKey("dropletTag"))
        {
            throw new ProviderException("\"droplet_ids\": conflicts with droplet_tag");
        }
        if (inputs.TextOrNull("dropletTag") is { } tag)
        {
            TagKind.CheckNames([tag]);
        }
        foreach (var rule in inputs.Maps("forwardingRules"))
        {
            InRange(rule, "entryPort", "entry_port", 1, 65535);
            InRange(rule, "targetPort", "target_port", 1, 65535);
            OneOf(rule, "entryProtocol", "entry_protocol", "http", "https", "http2", "http3", "tcp", "udp");
            OneOf(rule, "targetProtocol", "target_protocol", "http", "https", "http2", "tcp", "udp");
        }
        if (inputs.Map("healthcheck") is { } check)
        {
            Check(check);
        }
    }

    public override ProviderRequest Create(CloudResource resource) => new("Error creating Load Balancer", "POST", "load_balancers",
        (change, known) => known with { Id = LoadBalancers.Create(change, Request(change.State, known)).Id });

    public override ProviderRequest? Update(AccountState state, CloudResource before, CloudResource after, int sent) => sent > 0 ? null
        : ProviderRequest.Of("Error updating Load Balancer", "PUT", $"load_balancers/{after.Id}",
            change => LoadBalancers.Update(change, after.Id!, Request(change.State, after)));

    public override ProviderRequest Delete(AccountState state, CloudResource resource) => ProviderRequest.Of(
        "Error deleting Load Balancer", "DELETE", $"load_balancers/{resource.Id}",
        change => LoadBalancers.Delete(change, resource.Id!));

    public override ProviderCall Watching(AccountState state, CloudResource resource) => new(
        $"Error issuing read request in LoadbalancerStateRefreshFunc to DigitalOcean for Load Balancer '{resource.Id}'",
        "GET", $"load_balancers/{resource.Id}");

    public override CloudResource? Read(AccountState state, CloudResource resource) => Find(state, resource) is { } balancer
        ? resource
            .With("ip", balancer is { Status: LoadBalancer.Active, Address: { } address } ? address : "")
            .With("loadBalancerUrn", balancer.Urn)
            .With("status", balancer.Status)
        : null;

    public override Progress ProgressOf(AccountState state, CloudResource resource) => Find(state, resource)?.Status switch
    {
        null => state.Find<DeletedMember>(LoadBalancer.UrnOf(resource.Id ?? "")) is null ? Progress.Gone : Progress.Leaving,
        LoadBalancer.New => Progress.Pending,
        LoadBalancer.Active => Progress.Ready,
        _ => Progress.Failed,
    };

    private static LoadBalancer? Find(AccountState state, CloudResource resource) =>
        resource.Id is { } id ? state.Find<LoadBalancer>(id) : null;

    private static BalancerRequest Request(AccountState state, CloudResource resource)
    {
        var inputs = resource.Inputs;
        var firewall = inputs.Map("firewall");
        return new()
        {
            Name = resource.CloudName,
            Region = inputs.TextOrNull("region"),
            Size = inputs.TextOrNull("size"),
            SizeUnit = Given(inputs, "sizeUnit"),
            Type = inputs.TextOrNull("type"),
            Algorithm = inputs.TextOrNull("algorithm"),
            ForwardingRules = [.. inputs.Maps("forwardingRules").Select(rule => Rule(state, rule))],
            HealthCheck = inputs.Map("healthcheck") is { } check
                ? new(check.TextOrNull("protocol"), Given(check, "port"), check.TextOrNull("path"), Given(check, "checkIntervalSeconds"),
                    Given(check, "responseTimeoutSeconds"), Given(check, "healthyThreshold"), Given(check, "unhealthyThreshold"))
                : null,
            StickySessions = inputs.Map("stickySessions") is { } sticky
                ? new(sticky.TextOrNull("type"), sticky.TextOrNull("cookieName"), Given(sticky, "cookieTtlSeconds")) : null,
            DropletIds = inputs.Numbers("dropletIds"),
            Tag = inputs.TextOrNull("dropletTag"),
            RedirectHttpToHttps = inputs.Flag("redirectHttpToHttps"),
            EnableProxyProtocol = inputs.Flag("enableProxyProtocol"),
            EnableBackendKeepalive = inputs.Flag("enableBackendKeepalive"),
            HttpIdleTimeoutSeconds = Given(inputs, "httpIdleTimeoutSeconds"),
            VpcUuid = inputs.TextOrNull("vpcUuid"),
            DisableLetsEncryptDnsRecords = inputs.Flag("disableLetsEncryptDnsRecords"),
            ProjectId = inputs.TextOrNull("projectId"),
            Firewall = firewall is null ? null : new(firewall.Texts("allows"), firewall.Texts("denies")),
            Network = inputs.TextOrNull("network"),
            NetworkStack = inputs.TextOrNull("networkStack"),
            TlsCipherPolicy = inputs.TextOrNull("tlsCipherPolicy"),
        };
    }

    private static ForwardingRuleRequest Rule(AccountState state, PropertyMap rule)
    {
        var certificate = rule.TextOrNull("certificateId");
        if (rule.TextOrNull("certificateName") is { Length: > 0 } name)
        {
            certificate = CertificateKind.Find(state, name)?.Id ?? throw new ProviderException("certificate not found");
        }
        return new(rule.TextOrNull("entryProtocol"), Given(rule, "entryPort"), rule.TextOrNull("targetProtocol"), Given(rule, "targetPort"),
            certificate, rule.Flag("tlsPassthrough"));
    }

    private static int? Given(PropertyMap map, string name) => map.ContainsKey(name) ? map.Number(name) : null;

    private static void Check(PropertyMap check)
    {
        OneOf(check, "protocol", "protocol", "http", "https", "tcp");
        var protocol = check.Text("protocol");
        if (string.IsNullOrEmpty(check.TextOrNull("path")) != (protocol == "tcp"))
        {
            throw new ProviderException(
                $"health check `path` is {(protocol == "tcp" ? "not allowed" : "required")} for when protocol is `{protocol}`");
        }
        InRange(check, "port", "port", 1, 65535);
        InRange(check, "checkIntervalSeconds", "check_interval_seconds", 3, 300);
        InRange(check, "responseTimeoutSeconds", "response_timeout_seconds", 3, 300);
        InRange(check, "unhealthyThreshold", "unhealthy_threshold", 2, 10);
        InRange(check, "healthyThreshold", "healthy_threshold", 2, 10);
    }

    private static void OneOf(PropertyMap map, string input, string field, params string[] allowed)
    {
        if (map.TextOrNull(input) is { } value && !allowed.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            throw new ProviderException(
                $"expected {field} to be one of [{string.Join(' ', allowed.Select(word => $"\"{word}\""))}], got {value}");
        }
    }

    private static void InRange(PropertyMap map, string input, string field, int least, int most)
    {
        if (map.ContainsKey(input) && map.Number(input) is var value && (value < least || value > most))
        {
            throw new ProviderException(
                string.Create(CultureInfo.InvariantCulture, $"expected {field} to be in the range ({least} - {most}), got {value}"));
        }
    }
}
