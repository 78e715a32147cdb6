using System.Collections.Immutable;
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
        var checks = InputChecks.Of(after);
        checks.NotEmpty("name");
        var anyCase = StringComparer.OrdinalIgnoreCase;
        checks.OneOf(anyCase, "network", "EXTERNAL", "INTERNAL");
        checks.OneOf(anyCase, "networkStack", "IPV4", "DUALSTACK");
        checks.OneOf(anyCase, "type", "REGIONAL", "GLOBAL", "REGIONAL_NETWORK");
        checks.OneOf(anyCase, "tlsCipherPolicy", "DEFAULT", "STRONG");
        checks.OneOf("size", "lb-small", "lb-medium", "lb-large");
        checks.InRange("sizeUnit", 1, 200);
        checks.Conflict("dropletIds", "dropletTag");
        checks.Conflict("forwardingRules", "forwarding_rule", "glbSettings", "glb_settings");
        if (after.Inputs.TextOrNull("dropletTag") is { } tag)
        {
            checks.TagNames([tag], "dropletTag");
        }
        foreach (var rule in checks.Blocks("forwardingRules", "forwarding_rule"))
        {
            rule.InRange("entryPort", 1, 65535);
            rule.InRange("targetPort", 1, 65535);
            rule.OneOf("entryProtocol", "http", "https", "http2", "http3", "tcp", "udp");
            rule.OneOf("targetProtocol", "http", "https", "http2", "tcp", "udp");
        }
        foreach (var check in checks.Block("healthcheck"))
        {
            check.OneOf("protocol", "http", "https", "tcp");
            check.InRange("port", 1, 65535);
            check.InRange("checkIntervalSeconds", 3, 300);
            check.InRange("responseTimeoutSeconds", 3, 300);
            check.InRange("unhealthyThreshold", 2, 10);
            check.InRange("healthyThreshold", 2, 10);
        }
        foreach (var sticky in checks.Block("stickySessions"))
        {
            sticky.OneOf("type", "cookies", "none");
            sticky.LengthInRange("cookieName", 2, 40);
            sticky.AtLeast("cookieTtlSeconds", 1);
        }
        CheckPath(after.Inputs.Map("healthcheck"));
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

    // Found when the provider compares: the engine adds no words.
    private static void CheckPath(PropertyMap? check)
    {
        var protocol = check?.Text("protocol");
        if (check is not null && string.IsNullOrEmpty(check.TextOrNull("path")) != (protocol == "tcp"))
        {
            throw new ProviderException(
                $"health check `path` is {(protocol == "tcp" ? "not allowed" : "required")} for when protocol is `{protocol}`");
        }
    }
}
