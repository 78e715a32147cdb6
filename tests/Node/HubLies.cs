using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Infra.Tests.Node;

/// <summary>
/// A hub that lies by chance: with other files than the catalog's in a listing that fits them, with listings that are none, and with
/// answers that are cut, longer, slow, of another range or another file. Some of what it says is true, so that its client gets far.
/// </summary>
internal sealed class HubLies
{
    private static readonly (string Name, byte[] Content)[] True =
    [
        ("consolidated.safetensors", WeightsFetch.Weights),
        ("params.json", "{\"dim\":1}"u8.ToArray()),
        ("tekken.json", WeightsFetch.Bytes(500, 4)),
    ];

    private readonly Random _chance;
    private readonly double _lies;
    private readonly Dictionary<string, byte[]> _served;
    private readonly Lock _lock = new();

    private HubLies(Random chance)
    {
        _chance = chance;
        _lies = chance.NextDouble() * 0.7;
        _served = True.ToDictionary(file => file.Name, file => chance.Next(4) == 0 ? Changed(file.Content) : file.Content);
    }

    /// <summary>A download from such a hub: it ends with the catalog's files or with one refusal, and in time.</summary>
    /// <param name="seed">Of its lies.</param>
    internal static async Task HoldAsync(int seed)
    {
        using var hub = new LyingHub(new HubLies(new Random(seed)).AnswerAsync);
        using var fetch = new WeightsFetch();
        var result = await fetch.WithoutClock().RunInsideAsync(
            words => ["timeout", "50", "prlimit", "--as=2000000000", .. words],
            ("MODEL_HUB", hub.Url), FetchWeightsChecksumTests.Pinned(True), ("RETRY_S", "0.5"), ("FETCH_SEGMENT", "70000"),
            ("FETCH_WORKERS", "3"));
        try
        {
            if (result.ExitCode == 0)
            {
                Assert.All(True, file => Assert.Equal(file.Content, File.ReadAllBytes(fetch.At($"current/{file.Name}"))));
            }
            else
            {
                Refusal.Holds(result);
                Assert.False(Path.Exists(fetch.At("current")));
            }
        }
        catch (Xunit.Sdk.XunitException failure)
        {
            throw new InvalidOperationException($"lies of seed {seed}: {result.All}", failure);
        }
    }

    private async Task AnswerAsync(HubCall call)
    {
        var lie = Draw(call.IsListing ? 9 : 12);
        var content = call.IsListing ? Encoding.UTF8.GetBytes(Listing(lie)) : _served.GetValueOrDefault(call.File) ?? [];
        await (lie switch
        {
            1 => call.AnswerAsync(content, "Link: </api/more>; rel=\"next\"\r\n"),
            2 => call.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n["),
            3 => call.AnswerAsync(content, "", "503 \u009b31m\u0085error: x"),
            4 when call.IsListing => call.AnswerAsync(content[..(content.Length / 2)]),
            5 when !call.IsListing => call.FileAsync(content[..Math.Max(call.Start, content.Length / 2)]),
            6 when !call.IsListing => call.AnswerAsync([.. content, .. content]),
            7 when !call.IsListing => call.AnswerAsync(content, "Content-Range: bytes 0-9/10\r\n", "206 Partial Content"),
            8 when !call.IsListing => call.FileAsync(Changed(content)),
            9 => call.AnswerAsync([], $"Location: {call.Path}\r\n", "302 Found"),
            10 => call.AnswerAsync([], "Location: file:///etc/passwd\r\n", "302 Found"),
            11 => call.AnswerAsync(_served["tekken.json"]),
            _ => call.IsListing ? call.AnswerAsync(content) : call.FileAsync(content),
        });
    }

    /// <summary>0 for the truth, or a lie.</summary>
    private int Draw(int lies)
    {
        lock (_lock)
        {
            return _chance.NextDouble() > _lies ? 0 : _chance.Next(1, lies + 1);
        }
    }

    private string Listing(int lie)
    {
        var rows = new JsonArray([.. _served.Select(file => (JsonNode)Row(file.Key, file.Value))]);
        lock (_lock)
        {
            if (lie is 5 or 6 && rows[_chance.Next(rows.Count)] is JsonObject row)
            {
                JsonNode?[] odd = [null, -1, true, 1.5, "x", new JsonArray(), long.MaxValue, "../../etc", "complete.json"];
                row[row.ElementAt(_chance.Next(row.Count)).Key] = odd[_chance.Next(odd.Length)];
            }
        }

        return lie switch
        {
            7 => new string('[', 100_000),
            8 => $"{{\"a\":1,\"a\":{rows.ToJsonString()}}}",
            _ => rows.ToJsonString(),
        };
    }

    private static JsonObject Row(string name, byte[] content)
    {
#pragma warning disable CA5350 // Git names its blobs by SHA-1.
        var git = Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
        var row = new JsonObject { ["type"] = "file", ["path"] = name, ["size"] = content.Length, ["oid"] = git };
        if (name != "params.json")
        {
            row["lfs"] = new JsonObject { ["oid"] = Convert.ToHexStringLower(SHA256.HashData(content)), ["size"] = content.Length };
        }

        return row;
    }

    private byte[] Changed(byte[] content)
    {
        lock (_lock)
        {
            byte[] changed = [.. content];
            if (changed.Length > 0)
            {
                changed[_chance.Next(changed.Length)] ^= 1;
            }

            return changed;
        }
    }
}
