using System.Collections.Immutable;
using Infra.Lab.Provider;
using Infra.Planning.Config;
using Infra.Planning.Plan;
using Pulumi;

namespace Infra.Tests.Deployments;

/// <summary>Properties that hold for every stack.</summary>
internal static class Laws
{
    private static readonly ProviderSchema s_schema = new();

    private static readonly string[] s_secretInputs = ["privateKeyPem", "caPrivateKeyPem"];

    public static void Resources_satisfy_their_provider(MockedDeployment run, bool preview) =>
        Assert.Empty(run.Custom.SelectMany(resource =>
            s_schema.Problems(resource.Type, resource.Inputs, preview).Concat(ProviderRules.Problems(resource, preview))
                .Select(problem => $"{resource}: {problem}")));

    public static void Resources_have_a_component_for_their_parent(MockedDeployment run)
    {
        var components = run.Declared.Where(resource => resource.Type.StartsWith("infra:components:", StringComparison.Ordinal))
            .Select(component => component.Name).ToHashSet();
        Assert.All(run.Declared, resource =>
        {
            if (resource.Parent is null)
            {
                Assert.StartsWith("infra:components:", resource.Type, StringComparison.Ordinal);
            }
            else
            {
                Assert.Contains(resource.Parent, components);
            }
        });
    }

    public static void Secrets_stay_where_they_belong(MockedDeployment run)
    {
        foreach (var resource in run.Declared)
        {
            foreach (var (path, text) in Leaks.In(resource.Inputs))
            {
                var belongs = resource.Type switch
                {
                    "digitalocean:index/droplet:Droplet" => path == "userData"
                        && text.Split(StrictMocks.Secret) is { Length: 2 } parts
                        && parts[1].StartsWith($"-KEY-OF {resource.Name}-one-use", StringComparison.Ordinal),
                    "command:remote:Command" => path == "connection.privateKey"
                        || (path == "stdin" && (resource.Name.EndsWith("-secrets", StringComparison.Ordinal)
                            || resource.Name.EndsWith("-host-key", StringComparison.Ordinal))),
                    _ => resource.Type.StartsWith("tls:", StringComparison.Ordinal) && s_secretInputs.Contains(path),
                };
                Assert.True(belongs, $"{resource} has a secret at {path}");
            }
        }
    }

    public static async Task Plain_outputs_hold_no_secret(MockedDeployment run)
    {
        foreach (var (name, output) in run.Outputs)
        {
            var (value, isSecret) = await MockedDeployment.ValueAsync(output);
            Assert.True(isSecret || !Leaks.In(value).Any(), $"output {name} holds a secret and is none");
        }
    }

    public static void Nothing_is_open_that_was_not_asked_for(MockedDeployment run, StackPlan plan, string stack)
    {
        EndpointConfig Asked(EndpointPlan endpoint) => plan.Config.Endpoints[endpoint.Name];
        var vpc = plan.Config.VpcCidr ?? "10.118.0.0/20";
        var firewalls = run.All("digitalocean:index/firewall:Firewall");
        foreach (var firewall in firewalls)
        {
            var tag = Assert.Single(Texts(firewall.Inputs, "tags"));
            foreach (var rule in ProviderRules.List(firewall.Inputs, "inboundRules"))
            {
                Assert.Equal("tcp", rule["protocol"]);
                var endpoint = plan.Endpoints.SingleOrDefault(endpoint => tag == $"inference:{stack}:{endpoint.Name}");
                if (endpoint is null)
                {
                    Assert.Equal($"inference:{stack}", tag);
                    Assert.Equal("22", rule["portRange"]);
                    Same(plan.Config.AdminCidrs, Texts(rule, "sourceAddresses"));
                    Same([], Texts(rule, "sourceTags"));
                    Same([], Texts(rule, "sourceLoadBalancerUids"));
                }
                else
                {
                    Assert.Equal("443", rule["portRange"]);
                    var direct = endpoint.Access == Access.Private;
                    Same(direct ? Asked(endpoint).ClientCidrs : [], Texts(rule, "sourceAddresses"));
                    Same(direct ? Asked(endpoint).ClientTags : [], Texts(rule, "sourceTags"));
                    Same(direct ? [] : [$"id-of-{endpoint.Name}"], Texts(rule, "sourceLoadBalancerUids"));
                }
            }
        }
        // A private endpoint that no one was let in to has no firewall of its own; every other has one.
        Same(
            ["network", .. plan.Endpoints.Where(endpoint => endpoint.Access != Access.Private
                || Asked(endpoint).ClientCidrs.Count + Asked(endpoint).ClientTags.Count > 0).Select(endpoint => endpoint.Name)],
            [.. firewalls.Select(firewall => firewall.Name)]);
        foreach (var endpoint in plan.Endpoints.Where(endpoint => endpoint.Access != Access.Private))
        {
            var balancer = run.Named("digitalocean:index/loadBalancer:LoadBalancer", endpoint.Name);
            Assert.Equal(endpoint.Access == Access.Public ? "EXTERNAL" : "INTERNAL", balancer.Inputs["network"]);
            // Always a list: the provider keeps the old one of a load balancer that is given none, and sends no empty one.
            var allowed = Texts((ImmutableDictionary<string, object>)balancer.Inputs["firewall"], "allows");
            var callers = Asked(endpoint).ClientCidrs is { Count: > 0 } named ? named : [vpc];
            Same([.. callers.Select(cidr => $"cidr:{cidr}")], allowed);
            var rule = Assert.Single(ProviderRules.List(balancer.Inputs, "forwardingRules"));
            Assert.Equal((443.0, "https", 443.0, "https"),
                (rule["entryPort"], rule["entryProtocol"], rule["targetPort"], rule["targetProtocol"]));
        }
        // The node's own allow-list has the same addresses, and the VPC range for callers without an address.
        foreach (var (endpoint, index) in plan.Endpoints.SelectMany(endpoint =>
            Enumerable.Range(0, endpoint.Replicas).Select(index => (endpoint, index))))
        {
            var environment = run.Named("command:remote:Command", $"{endpoint.Name}-{index}-settings").Text("stdin");
            var direct = endpoint.Access == Access.Private ? Asked(endpoint) : new();
            var inside = endpoint.Access != Access.Private || direct.ClientTags.Count > 0;
            Same([.. direct.ClientCidrs, .. inside ? [vpc] : Array.Empty<string>()], Values(environment, "FIREWALL_CLIENT_CIDRS"));
            Same(plan.Config.AdminCidrs, Values(environment, "FIREWALL_ADMIN_CIDRS"));
        }
        Same([.. plan.Endpoints.Where(endpoint => endpoint.LoadBalancer is not null).Select(endpoint => endpoint.Name)],
            [.. run.All("digitalocean:index/loadBalancer:LoadBalancer").Select(balancer => balancer.Name)]);
    }

    public static async Task Droplets_come_after_their_firewalls(MockedDeployment run)
    {
        foreach (var droplet in run.All("digitalocean:index/droplet:Droplet"))
        {
            var before = await BeforeAsync(droplet);
            var tags = Texts(droplet.Inputs, "tags");
            foreach (var firewall in run.All("digitalocean:index/firewall:Firewall")
                .Where(firewall => tags.Intersect(Texts(firewall.Inputs, "tags")).Any()))
            {
                Assert.Contains((firewall.Type, firewall.Name), before);
            }
            Assert.Contains(("digitalocean:index/firewall:Firewall", "network"), before);
        }
    }

    /// <summary>The dependencies in a resource's options.</summary>
    public static async Task<IReadOnlyList<(string Type, string Name)>> BeforeAsync(Declared resource)
    {
        var before = await Pulumi.Utilities.OutputUtilities.GetValueAsync(resource.Options.DependsOn.ToOutput());
        return [.. before.Select(other => (other.GetResourceType(), other.GetResourceName()))];
    }

    public static IReadOnlyList<string> Texts(ImmutableDictionary<string, object> inputs, string name) =>
        inputs.TryGetValue(name, out var list) ? [.. ((ImmutableArray<object>)list).Cast<string>()] : [];

    private static string[] Values(string environment, string key) =>
        Assert.Single(environment.Split('\n'), line => line.StartsWith($"{key}=", StringComparison.Ordinal))[(key.Length + 1)..]
            .Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static void Same(IReadOnlyList<string> expected, IReadOnlyList<string> actual) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
}
