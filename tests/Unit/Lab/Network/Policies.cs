using Infra.Lab.Network;
using Infra.Lab.Specs;

namespace Infra.Tests.Unit.Lab.Network;

/// <summary>Policies of the project's stacks, and random ones.</summary>
internal static class Policies
{
    public const string Vpc = "5a4981aa-0000-4000-8000-000000000001";

    public const string OtherVpc = "5a4981aa-0000-4000-8000-000000000002";

    public const string Internal = "lb-internal";

    public const string External = "lb-external";

    public static readonly string[] Anywhere = ["0.0.0.0/0", "::/0"];

    public static readonly NetworkNeighbour Stranger = new(NetworkLinks.Private("stranger"), "10.20.0.66", Vpc);

    /// <summary>Two servers behind an internal load balancer, one behind an external one in another VPC, one that nothing guards.</summary>
    public static NetworkPolicy Sample { get; } = new(
    [
        new("101", "198.51.100.11", "10.20.0.2", Vpc, true,
            [new("tcp", "22", ["203.0.113.7/32"]), new("tcp", "443", ["10.20.0.9"])], Node),
        new("102", "198.51.100.12", "10.20.0.3", Vpc, true,
            [new("tcp", "22", ["203.0.113.7/32"]), new("tcp", "443", ["10.20.0.9", "10.20.0.2"]),
                new("udp", "8000-8010", ["10.20.0.0/16"])], Node),
        new("201", "198.51.100.13", "10.30.0.2", OtherVpc, true, [new("tcp", "443", ["10.30.0.9"]), new("icmp", null, Anywhere)], Node),
        new("202", "198.51.100.14", "10.30.0.3", OtherVpc, false, [], []),
    ],
    [
        new(Internal, "10.20.0.9", "10.20.0.9", Vpc, []),
        new(External, "198.51.100.20", "10.30.0.9", OtherVpc, ["192.0.2.0/24"]),
    ]);

    /// <summary>What a node may reach.</summary>
    private static PolicyRule[] Node =>
        [new("tcp", "443", Anywhere), new("tcp", "80", Anywhere), new("udp", "53", Anywhere), new("udp", "123", Anywhere),
            new("icmp", null, Anywhere)];

    /// <summary>The same members with rules made at random.</summary>
    public static NetworkPolicy Shuffled(Random random) => new(
        [
            .. Sample.Servers.Select(server => server with
            {
                Guarded = random.Next(4) > 0,
                Inbound = Rules(random),
                Outbound = Rules(random),
            }),
        ],
        [.. Sample.Balancers.Select(balancer => balancer with { AllowedCidrs = random.Next(2) == 0 ? [] : Cidrs(random) })]);

    private static PolicyRule[] Rules(Random random) => [.. Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(5) switch
    {
        0 => new PolicyRule("icmp", null, Cidrs(random)),
        1 => new PolicyRule("udp", random.Next(2) == 0 ? null : "53", Cidrs(random)),
        2 => new PolicyRule("tcp", null, Cidrs(random)),
        3 => new PolicyRule("tcp", "8000-8010", Cidrs(random)),
        _ => new PolicyRule("tcp", "443", Cidrs(random)),
    })];

    private static string[] Cidrs(Random random) => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(10) switch
    {
        0 => "0.0.0.0/0",
        1 => "::/0",
        2 => "203.0.113.7",
        3 => "198.51.100.0/28",
        4 => "10.20.0.0/16",
        5 => "10.30.0.0/30",
        6 => "10.20.0.66/32",
        7 => "192.0.2.0/24",
        8 => "10.20.0.2",
        _ => "10.20.0.9/32",
    })];
}
