using System.Collections.Immutable;
using Infra.Cli.Preview;

namespace Infra.Tests.Unit.Lab;

public sealed class ExposureTests
{
    [Fact]
    public void A_rule_open_to_the_world_shows_as_reached_by_outsiders_even_for_ssh()
    {
        var exposure = Assert.Single(Exposure.Of([Firewall(Rule("22", addresses: ["0.0.0.0/0", "203.0.113.7/32"]))]));

        Assert.Equal(["0.0.0.0/0"], exposure.Outsider);
        Assert.Equal(["203.0.113.7/32"], exposure.Admin);
    }

    [Fact]
    public void Ssh_from_an_admin_address_reaches_no_one_else()
    {
        var exposure = Assert.Single(Exposure.Of([Firewall(Rule("22", addresses: ["203.0.113.7/32"]))]));

        Assert.Empty(exposure.Outsider);
        Assert.Empty(exposure.Neighbour);
        Assert.Equal("22/tcp", exposure.Port);
    }

    [Fact]
    public void Tags_and_private_addresses_are_neighbours()
    {
        var exposure = Assert.Single(Exposure.Of([Firewall(Rule("443", addresses: ["10.1.0.0/16"], tags: ["app"]))]));

        Assert.Empty(exposure.Outsider);
        Assert.Equal(["10.1.0.0/16", "tag app"], exposure.Neighbour);
    }

    [Fact]
    public void A_public_load_balancer_without_an_allow_list_is_open_to_everybody()
    {
        var open = Assert.Single(Exposure.Of([LoadBalancer("EXTERNAL", allows: [])]));
        var closed = Assert.Single(Exposure.Of([LoadBalancer("EXTERNAL", allows: ["cidr:198.51.100.0/24"])]));

        Assert.Equal(["0.0.0.0/0"], open.Outsider);
        Assert.Equal(["198.51.100.0/24"], closed.Outsider);
    }

    [Fact]
    public void An_internal_load_balancer_is_reached_only_by_the_VPC()
    {
        var exposure = Assert.Single(Exposure.Of([LoadBalancer("INTERNAL", allows: [])]));

        Assert.Empty(exposure.Outsider);
        Assert.Equal(["the whole VPC"], exposure.Neighbour);
    }

    private static ObservedResource Firewall(ImmutableSortedDictionary<string, object?> rule) =>
        new("digitalocean:index/firewall:Firewall", "fw", "net", "infra:components:PrivateNetwork", Members(
            ("inboundRules", ImmutableArray.Create<object?>(rule)), ("tags", ImmutableArray.Create<object?>("dev-chat"))));

    private static ObservedResource LoadBalancer(string network, string[] allows) =>
        new("digitalocean:index/loadBalancer:LoadBalancer", "lb", "chat", "infra:components:ModelEndpoint", Members(
            ("network", network),
            ("firewall", Members(("allows", allows.Cast<object?>().ToImmutableArray()))),
            ("forwardingRules", ImmutableArray.Create<object?>(Members(("entryPort", 443d), ("entryProtocol", "https"))))));

    private static ImmutableSortedDictionary<string, object?> Rule(string port, string[] addresses, string[]? tags = null)
    {
        var rule = Members(("protocol", "tcp"), ("portRange", port), ("sourceAddresses", addresses.Cast<object?>().ToImmutableArray()));
        return tags is null ? rule : rule.Add("sourceTags", tags.Cast<object?>().ToImmutableArray());
    }

    private static ImmutableSortedDictionary<string, object?> Members(params (string Name, object? Value)[] members) =>
        members.ToImmutableSortedDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal);
}
