using System.Globalization;

namespace Infra.Tests.Node;

/// <summary>
/// Listings at random in the node's own parser, without a network: rows like a hub's in which members are taken away, doubled, nested or of
/// other types, and texts that were cut or have bytes changed.
/// </summary>
internal static class ListingFuzz
{
    private const string Program = """
        import copy, json, random, sys
        sys.path.insert(0, sys.argv[1])
        import weights_hub, weights_listing
        seed, count = int(sys.argv[2]), int(sys.argv[3])
        chance = random.Random(seed)
        odd = [None, True, False, 0, -1, 1 << 70, 1.5, 1e400, "", "a" * 300, "../x", "\ud800", "\u202e", "\u2028", [], {}, [[]], {"a": 1}]

        def row(name):
            value = {"type": "file", "oid": "0" * 40, "size": chance.randrange(1000), "path": name}
            if chance.random() < .5:
                value["lfs"] = {"oid": "1" * 64, "size": 7, "pointerSize": 130}
            for _ in range(chance.choice([0, 0, 0, 1, 2])):
                target = value["lfs"] if isinstance(value.get("lfs"), dict) and chance.random() < .5 else value
                key = chance.choice([*target, "more"])
                target[key] = copy.deepcopy(chance.choice(odd))
                if chance.random() < .2:
                    del target[key]
            return value

        def text():
            names = ["params.json", "tekken.json", "consolidated.safetensors", "config.json", "complete.json", "a/b.json"]
            whole = [row(name) if chance.random() < .97 else chance.choice(odd) for name in names if chance.random() < .95]
            whole = json.dumps(whole).encode()
            for _ in range(chance.choice([0, 0, 0, 1, 5])):
                at = chance.randrange(len(whole) + 1)
                byte = bytes([chance.randrange(256)])
                rest = chance.choice([b"", byte + whole[at + 1:], whole[at // 2:], b"[" * 9 + whole[at:]])
                whole = whole[:at] + rest
            return whole

        weights_hub.PROGRESS.shown = False
        taken = refused = 0
        for number in range(count):
            listing = text()
            weights_listing.page = lambda url: (weights_listing.rows(listing), None)
            try:
                files = weights_listing.chosen("mistral")
                assert all(type(f["size"]) is int and f["size"] >= 0 and "/" not in f["name"] for f in files), files
                assert all(f["sha256"] or f["git"] for f in files), files
                assert not {f["name"] for f in files} & {"complete.json", "progress.json"}
                taken += 1
            except (weights_hub.Failure, weights_hub.Refused, ValueError) as refusal:
                assert str(refusal), listing
                refused += 1
            except BaseException:
                print(f"seed {seed}, listing {number}: {listing!r}", file=sys.stderr)
                raise
        assert taken > count / 50 and refused > count / 50, (taken, refused)
        """;

    internal static Task<ToolResult> RunAsync(StagedNode node, int seed, int count) => Tool.RunAsync(
        "python3",
        ["-B", "-c", Program, node.At("/usr/local/libexec/inference"), Text(seed), Text(count)],
        null,
        new Dictionary<string, string>
        {
            ["MODEL_HUB"] = "http://127.0.0.1:9",
            ["MODEL_ID"] = "a/b",
            ["MODEL_REVISION"] = "0",
            ["MODEL_BYTES"] = "5000000000",
        });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
