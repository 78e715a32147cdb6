using Infra.Lab.Network;
using Infra.Lab.Specs;
using Infra.Tests.Golden;

namespace Infra.Tests.Unit.Lab.Network;

public sealed class NetworkRulesetTests
{
    [Fact]
    public void The_ruleset_of_a_policy_is_this() =>
        GoldenFile.Matches("tests/Unit/Lab/Network/ruleset.nft", NetworkRuleset.Render(Policies.Sample, [Policies.Stranger]));

    [Fact]
    public void Equal_policies_give_equal_text_whatever_their_order()
    {
        var reversed = new NetworkPolicy(
            [.. Policies.Sample.Servers.Reverse()
                .Select(server => server with { Inbound = [.. server.Inbound.Reverse()], Outbound = [.. server.Outbound.Reverse()] })],
            [.. Policies.Sample.Balancers.Reverse()]);

        Assert.Equal(NetworkRuleset.Render(Policies.Sample), NetworkRuleset.Render(reversed));
    }

    [Fact]
    public void A_rule_only_for_ipv6_or_for_no_one_allows_nothing()
    {
        var server = Policies.Sample.Servers[0] with { Inbound = [new("tcp", "443", ["::/0"]), new("tcp", "80", [])], Outbound = [] };

        var text = NetworkRuleset.Render(new([server], []));

        Assert.Contains(
            "  chain to_s101 {\n    drop\n  }\n  chain from_s101 {\n    ip daddr { 169.254.169.254 } tcp dport 80 return\n    drop\n  }\n",
            text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_load_balancer_with_an_empty_list_lets_everyone_in_and_one_with_a_list_for_ipv6_lets_no_one_in()
    {
        var balancer = Policies.Sample.Balancers[0];

        Assert.DoesNotContain("jump to_", NetworkRuleset.Render(new([], [balancer])), StringComparison.Ordinal);
        Assert.Contains(" {\n    drop\n  }", NetworkRuleset.Render(new([], [balancer with { AllowedCidrs = ["2001:db8::/32"] }])),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tcp", "0")]
    [InlineData("tcp", "65536")]
    [InlineData("tcp", "all")]
    [InlineData("tcp", "443-80")]
    [InlineData("tcp", "1-2-3")]
    [InlineData("udp", "53 accept")]
    [InlineData("sctp", "80")]
    public void An_invalid_rule_is_refused(string protocol, string ports)
    {
        var server = Policies.Sample.Servers[0] with { Inbound = [new(protocol, ports, ["0.0.0.0/0"])] };

        Assert.Throws<FormatException>(() => NetworkRuleset.Render(new([server], [])));
    }

    [Theory]
    [InlineData("", "10.20.0.5")]
    [InlineData("x\" drop", "10.20.0.5")]
    [InlineData("aaaaaaaaaaaaaaaa", "10.20.0.5")]
    [InlineData("x", "10.20.0.5/24")]
    [InlineData("x", "::1")]
    public void An_invalid_neighbour_is_refused(string link, string address) =>
        Assert.Throws<FormatException>(() => NetworkRuleset.Render(new([], []), [new(link, address, null)]));
}
