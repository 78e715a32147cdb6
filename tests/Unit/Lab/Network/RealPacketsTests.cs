using Infra.Lab.Specs;
using Infra.Tests.Unit.Lab.Network;

// Next to the tests of the ruleset's text, but of the kind that needs tools of the machine.
namespace Infra.Tests.Node.Network;

/// <summary>Packets between network namespaces pass or drop as in the model: only what a rule allows passes.</summary>
public sealed class RealPacketsTests
{
    private static readonly (string Protocol, int Port)[] Kinds = [("tcp", 22), ("tcp", 80), ("tcp", 443), ("tcp", 8005), ("udp", 53),
        ("udp", 8005), ("icmp", 0)];

    [Fact]
    public async Task Every_packet_between_any_two_sides_follows_the_policy()
    {
        var round = new SandboxRound(Policies.Sample, [.. AllPackets()], []);

        await AssertNoneAsync(NetworkSandbox.ErrorsAsync([round]));
    }

    [Fact]
    public async Task Random_policies_take_effect_one_after_another_under_a_running_stream()
    {
        const int seed = 20261;
        var random = new Random(seed);
        var between = Side("101", Policies.Vpc);
        // Open in the first round; no rule of later rounds has to allow what is established.
        var stream = new ModelPacket(between, between.Address, Side("102", Policies.Vpc), "tcp", 443);
        SandboxRound[] rounds =
        [
            new(Policies.Sample, [stream], []),
            .. Enumerable.Range(0, 12)
            .Select(_ => new SandboxRound(Policies.Shuffled(random), [.. AllPackets().OrderBy(_ => random.Next()).Take(220)], [])),
        ];

        await AssertNoneAsync(NetworkSandbox.ErrorsAsync(rounds, stream: stream));
    }

    [Fact]
    public async Task A_spoofed_source_is_dropped_on_both_sides_even_towards_an_unprotected_host()
    {
        var open = new NetworkPolicy([.. Policies.Sample.Servers.Select(server => server with { Guarded = false })],
            Policies.Sample.Balancers);
        (string Host, string Address)[] spoofed = [("101", "10.20.0.9"), ("101", "203.0.113.7"), ("101", "198.51.100.12")];
        (ModelSide From, ModelSide To)[] ways =
        [
            (Side("101", Policies.Vpc), Side("102", Policies.Vpc)),
            (Side("101", null), Side("202", null)),
            (Side("101", null), Side("sandbox", null)),
        ];
        // True sources first: afterwards the host knows where to send, and asks no one in a false name.
        ModelPacket[] honest = [.. ways.Select(way => new ModelPacket(way.From, way.From.Address, way.To, "udp", 53))];
        ModelPacket[] packets =
        [
            .. from way in ways from item in spoofed select new ModelPacket(way.From, item.Address, way.To, "udp", 53),
            // The public address over the private cable.
            new(ways[0].From, "198.51.100.11", ways[0].To, "udp", 53),
        ];

        await AssertNoneAsync(NetworkSandbox.ErrorsAsync([new(open, honest, []), new(open, packets, [])], spoofed));
    }

    [Fact]
    public async Task A_server_that_reboots_is_reached_again_at_once_without_new_rules()
    {
        ModelPacket[] packets = [.. AllPackets().Where(packet => packet.From.Host == "101" || packet.To.Host == "101")];

        await AssertNoneAsync(NetworkSandbox.ErrorsAsync([new(Policies.Sample, packets, []), new(Policies.Sample, packets, ["101"])]));
    }

    [Fact]
    public async Task The_script_passes_shellcheck_and_shfmt()
    {
        var check = await Tool.RunAsync("shellcheck", "--severity=style", NetworkSandbox.Script);
        var format = await Tool.RunAsync("shfmt", "-d", "-i", "2", "-ci", "-bn", "-sr", NetworkSandbox.Script);

        Assert.True(check.ExitCode == 0, check.All);
        Assert.True(format.ExitCode == 0, format.All);
    }

    private static async Task AssertNoneAsync(Task<IReadOnlyList<string>> asked)
    {
        var errors = await asked;
        Assert.True(errors.Count == 0, string.Join('\n', errors));
    }

    private static ModelSide Side(string host, string? vpcId) =>
        NetworkSandbox.Sides.First(side => side.Host == host && side.VpcId == vpcId);

    /// <summary>
    /// From every side to every other host's sides. A host sends from the side that its routes choose: eth1 within the VPC's range,
    /// else eth0; what has no eth0 sends nothing beyond.
    /// </summary>
    private static IEnumerable<ModelPacket> AllPackets() =>
        from source in NetworkSandbox.Sides
        from target in NetworkSandbox.Sides
        where source.Host != target.Host && source.Host != "sandbox"
            ? source.VpcId == target.VpcId || (source.VpcId is null && target.VpcId is not null
                && !NetworkSandbox.Sides.Any(side => side.Host == source.Host && side.VpcId == target.VpcId))
            : source.Host != target.Host
        // The metadata address is no one's source.
        where source.Address != "169.254.169.254"
        from kind in Kinds
        select new ModelPacket(source, source.Address, target, kind.Protocol, kind.Port);
}
