using System.Collections.Immutable;
using System.Globalization;
using Infra.Planning.Config;
using Infra.Planning.Plan;

namespace Infra.Cli.Preview;

/// <summary>
/// Who can reach which port. Derived from the declared firewalls and load balancers, not from the configuration, so that a rule that is too
/// wide shows here.
/// </summary>
/// <param name="Target">What the rule protects: the tags of a firewall, or a load balancer.</param>
/// <param name="Port">Port or range, with its protocol.</param>
/// <param name="Outsider">Internet addresses with access; empty: none.</param>
/// <param name="Neighbour">Addresses and tags in the VPC with access; empty: none.</param>
/// <param name="Admin">Addresses of administrators with access; empty: none.</param>
internal sealed record Exposure(
    string Target, string Port, IReadOnlyList<string> Outsider, IReadOnlyList<string> Neighbour, IReadOnlyList<string> Admin)
{
    private const string FirewallType = "digitalocean:index/firewall:Firewall";
    public const string LoadBalancerType = "digitalocean:index/loadBalancer:LoadBalancer";
    private static readonly string s_sshPort = PortAccess.SshPort.ToString(CultureInfo.InvariantCulture);

    public static IReadOnlyList<Exposure> Of(IEnumerable<ObservedResource> resources) =>
        [.. resources.SelectMany(resource => resource.Type switch
        {
            FirewallType => OfFirewall(resource),
            LoadBalancerType => OfLoadBalancer(resource),
            _ => [],
        })];

    private static IEnumerable<Exposure> OfFirewall(ObservedResource firewall)
    {
        var target = string.Join(", ", Strings(firewall.Inputs, "tags").Select(tag => $"tag {tag}"));
        foreach (var rule in Members(firewall.Inputs, "inboundRules"))
        {
            var port = Text(rule, "portRange") ?? "all";
            var addresses = Strings(rule, "sourceAddresses").ToArray();
            var internet = addresses.Where(address => !IsPrivate(address)).ToArray();
            IEnumerable<string> neighbours = [
                .. addresses.Where(IsPrivate),
                .. Strings(rule, "sourceTags").Select(tag => $"tag {tag}"),
                .. Strings(rule, "sourceLoadBalancerUids").Select(_ => "the load balancer"),
            ];
            yield return port == s_sshPort
                ? new Exposure(target, Label(rule, port), Wide(internet), [], [.. internet.Except(Wide(internet))])
                : new Exposure(target, Label(rule, port), internet, [.. neighbours], []);
        }
    }

    private static IEnumerable<Exposure> OfLoadBalancer(ObservedResource loadBalancer)
    {
        var inside = Text(loadBalancer.Inputs, "network") == "INTERNAL";
        var allowed = loadBalancer.Inputs.GetValueOrDefault("firewall") is IReadOnlyDictionary<string, object?> firewall
            ? Strings(firewall, "allows").Select(entry => entry[(entry.IndexOf(':', StringComparison.Ordinal) + 1)..]).ToArray()
            : [];
        foreach (var rule in Members(loadBalancer.Inputs, "forwardingRules"))
        {
            var port = $"{Number(rule, "entryPort")}/{Text(rule, "entryProtocol")}";
            yield return inside
                ? new Exposure($"load balancer {loadBalancer.Name}", port, [], allowed.Length > 0 ? allowed : ["the whole VPC"], [])
                : new Exposure($"load balancer {loadBalancer.Name}", port, allowed.Length > 0 ? allowed : ["0.0.0.0/0"], [], []);
        }
    }

    private static bool IsPrivate(string address) => Cidr.TryParse(address, out var range, out _) && range.IsPrivate;

    /// <summary>Sources that are no administrator's: shown as open to outsiders.</summary>
    private static string[] Wide(IEnumerable<string> addresses) =>
        [.. addresses.Where(address => address is "0.0.0.0/0" or "::/0")];

    private static string Label(IReadOnlyDictionary<string, object?> rule, string port) => $"{port}/{Text(rule, "protocol")}";

    private static IEnumerable<IReadOnlyDictionary<string, object?>> Members(IReadOnlyDictionary<string, object?> inputs, string name) =>
        inputs.GetValueOrDefault(name) is ImmutableArray<object?> items ? items.OfType<IReadOnlyDictionary<string, object?>>() : [];

    private static IEnumerable<string> Strings(IReadOnlyDictionary<string, object?> inputs, string name) =>
        inputs.GetValueOrDefault(name) is ImmutableArray<object?> items ? items.OfType<string>() : [];

    private static string? Text(IReadOnlyDictionary<string, object?> inputs, string name) => inputs.GetValueOrDefault(name) as string;

    private static string Number(IReadOnlyDictionary<string, object?> inputs, string name) =>
        Convert.ToString(inputs.GetValueOrDefault(name), CultureInfo.InvariantCulture) ?? "";
}
