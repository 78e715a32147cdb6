using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;

namespace Infra.Lab.Provider;

/// <summary>The load balancers of the state, as specifications for the host runtime.</summary>
internal static class BalancersOf
{
    public static IReadOnlyList<BalancerSpec> State(CloudState state, IHostRuntime runtime)
    {
        var resources = state.Resources.ToList();
        return [.. resources.Where(BalancerFacts.IsUp).Select(balancer => Spec(balancer, resources, runtime))];
    }

    private static BalancerSpec Spec(CloudResource balancer, IReadOnlyList<CloudResource> resources, IHostRuntime runtime)
    {
        var inputs = balancer.Inputs;
        var vpc = inputs.Text("vpcUuid");
        return new(
            balancer.Id!,
            balancer.Outputs.Text("ip"),
            BalancerFacts.BackendAddress(balancer),
            vpc,
            resources.First(resource => resource.Type == Types.Vpc && resource.Id == vpc).Outputs.Text("ipRange"),
            [.. inputs.Maps("forwardingRules").Select(rule => Rule(rule, resources))],
            [.. resources
                .Where(droplet => DropletFacts.IsUp(droplet, runtime) && runtime.HasServer(droplet.Id!))
                .Where(droplet => droplet.Inputs.Text("vpcUuid") == vpc && BalancerFacts.IsBehind(droplet, balancer))
                .Select(droplet => droplet.Outputs.Text("ipv4AddressPrivate"))],
            Check(inputs.Map("healthcheck")),
            inputs.Number("httpIdleTimeoutSeconds", 60),
            BalancerFacts.Allowed(balancer));
    }

    private static BalancerRule Rule(PropertyMap rule, IReadOnlyList<CloudResource> resources)
    {
        var certificate = rule.TextOrNull("certificateName") is { } name
            ? resources.LastOrDefault(resource => resource.Type == Types.Certificate && resource.CloudName == name
                && resource.Status == ResourceStatus.Ok)
            : null;
        // Non-TLS rules, such as plain TCP, pass through unchanged.
        return new(
            rule.Number("entryPort"),
            rule.Number("targetPort"),
            certificate is null,
            certificate?.Hidden.Text("chainPem"),
            certificate?.Hidden.Text("keyPem"));
    }

    /// <summary>With the API's defaults.</summary>
    private static BalancerCheck Check(PropertyMap? check) => check is null
        ? new("http", 80, "/", 10, 5, 3, 5)
        : new(
            check.Text("protocol"),
            check.Number("port"),
            check.TextOrNull("path") ?? "",
            check.Number("checkIntervalSeconds", 10),
            check.Number("responseTimeoutSeconds", 5),
            check.Number("unhealthyThreshold", 3),
            check.Number("healthyThreshold", 5));
}
