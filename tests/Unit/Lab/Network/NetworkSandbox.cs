using System.Runtime.CompilerServices;
using System.Text.Json;
using Infra.Lab.Network;
using Infra.Lab.Specs;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Lab.Network;

/// <summary>A round in the sandbox: a policy, then packets with the model's verdict on each.</summary>
internal sealed record SandboxRound(NetworkPolicy Policy, IReadOnlyList<ModelPacket> Packets, IReadOnlyList<string> Rebooted);

/// <summary>
/// Sends packets between real network namespaces, linked by the script <c>network</c>, through the rules that are rendered.
/// </summary>
internal static class NetworkSandbox
{
    public static readonly string[] Addresses = ["198.51.100.1", "169.254.169.254", "203.0.113.7", "192.0.2.66"];

    /// <summary>All sides of the hosts of <see cref="Policies.Sample"/>, the stranger in its VPC, and the sandbox.</summary>
    public static IReadOnlyList<ModelSide> Sides { get; } =
    [
        .. Policies.Sample.Servers.SelectMany(server => new ModelSide[]
        {
            new(server.ServerId, server.PublicAddress, null),
            new(server.ServerId, server.PrivateAddress, server.VpcId),
        }),
        new(Policies.Internal, "10.20.0.9", Policies.Vpc),
        new(Policies.External, "198.51.100.20", null),
        new(Policies.External, "10.30.0.9", Policies.OtherVpc),
        new("stranger", "10.20.0.66", Policies.Vpc),
        .. Addresses.Select(address => new ModelSide("sandbox", address, null)),
    ];

    /// <summary>Path of the script under test.</summary>
    public static string Script { get; } = Path.GetFullPath(Path.Combine(Here(), "../../../../lab/Network/network"));

    /// <summary>Sends all packets of all rounds; the answer lists those that differ from the model.</summary>
    /// <param name="rounds">Rounds, each with its policy.</param>
    /// <param name="spoofed">Addresses that hosts take next to their own: host and address.</param>
    /// <param name="stream">A connection that begins in the first round and shall live through all.</param>
    public static async Task<IReadOnlyList<string>> ErrorsAsync(
        IReadOnlyList<SandboxRound> rounds, IReadOnlyList<(string Host, string Address)>? spoofed = null, ModelPacket? stream = null)
    {
        var hosts = Sides.Where(side => side.Host != "sandbox").GroupBy(side => side.Host).Select(sides => new
        {
            netns = sides.Key,
            id = sides.Key,
            @public = sides.FirstOrDefault(side => side.VpcId is null)?.Address ?? "-",
            @private = $"{sides.First(side => side.VpcId is not null).Address}/24",
        });
        var input = JsonSerializer.Serialize(new
        {
            network = Script,
            addresses = Addresses,
            hosts,
            spoofed = (spoofed ?? []).Select(item => new { netns = item.Host, address = item.Address }),
            rounds = rounds.Select(round => new
            {
                ruleset = NetworkRuleset.Render(round.Policy, [Policies.Stranger]),
                reboot = round.Rebooted,
                probes = round.Packets.Select(packet => Probe(packet, NetworkModel.Passes(round.Policy, packet))),
            }),
            stream = stream is null ? null : Probe(stream, true),
        });
        var result = await Tool.RunAsync(
            "unshare",
            [.. Tool.OwnNamespace("--net", "--pid", "--fork", "--mount-proc"), "python3", Path.Combine(Here(), "sandbox.py")],
            input,
            null);
        Assert.True(result.ExitCode == 0, result.All);
        using var answer = JsonDocument.Parse(result.Output);
        var errors = rounds.SelectMany((round, number) => round.Packets.Select((packet, index) => (
                Passes: NetworkModel.Passes(round.Policy, packet),
                Passed: answer.RootElement.GetProperty("rounds")[number][index].GetBoolean(),
                Text: $"round {number}: {packet}")))
            .Where(packet => packet.Passes != packet.Passed)
            .Select(packet => $"{(packet.Passed ? "passed" : "was dropped")}: {packet.Text}");
        return stream is null || answer.RootElement.GetProperty("lived").GetBoolean()
            ? [.. errors]
            : [.. errors, "the stream did not live"];
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private static Dictionary<string, object> Probe(ModelPacket packet, bool expected) => new()
    {
        ["from"] = packet.From.Host,
        ["source"] = packet.Source,
        ["host"] = packet.To.Host,
        ["to"] = packet.To.Address,
        ["protocol"] = packet.Protocol,
        ["port"] = packet.Port,
        ["expected"] = expected,
    };
}
