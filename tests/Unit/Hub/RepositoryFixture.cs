using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Hub;

namespace Infra.Tests.Unit.Hub;

/// <summary>
/// A repository as a hub describes it. The numbers are those of the models' own files, read from public records (docs/sizing.md,
/// tests/Unit/Sizing/observations.json); the files are written here.
/// </summary>
internal sealed record RepositoryFixture(string Id)
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    /// <summary>All files of the top folder with their sizes.</summary>
    public required IReadOnlyDictionary<string, long> Sizes { get; init; }

    /// <summary>Content of the small ones.</summary>
    public required IReadOnlyDictionary<string, string> Contents { get; init; }
    public object Gated { get; init; } = false;
    public string? Licence { get; init; } = "apache-2.0";

    /// <summary>The repository that its card names as <c>base_model</c>.</summary>
    public string? BaseModel { get; init; }

    public string Description => JsonSerializer.Serialize(new
    {
        id = Id,
        sha = Commit,
        gated = Gated,
        tags = (Licence is null ? [] : new[] { "safetensors", $"license:{Licence}" })
            .Concat(BaseModel is null ? [] : [$"base_model:{BaseModel}", $"base_model:quantized:{BaseModel}"]),
        cardData = new { base_model = BaseModel is null ? [] : new[] { BaseModel } },
        siblings = Sizes.Keys.Select(name => new { rfilename = name }),
    });

    public string Listing => JsonSerializer.Serialize(Sizes.Select(file => (object)new
    {
        type = "file",
        oid = "00",
        size = file.Value > 1 << 20 ? 135 : file.Value,
        path = file.Key,
        lfs = file.Value > 1 << 20 ? new { oid = "00", size = file.Value } : null,
    }).Append(new { type = "directory", path = "original", size = 0 }));

    /// <summary>The proposal, without a server.</summary>
    public HubProposal Propose(string hub = HubProposal.PublicHub)
    {
        var address = HubAddress.Of(Id);
        var listing = HubListing.Of(address, Utf8(Description)) with { Files = HubListing.Page(address, Utf8(Listing)) };
        var weights = HubWeights.Of(address, listing);
        return HubProposal.Of(address, listing, weights,
            weights.Configs.Append(weights.Index).OfType<string>()
                .ToDictionary(name => name, name => (ReadOnlyMemory<byte>)Utf8(Contents[name])),
            hub, "2026-11-30");
    }

    /// <summary>The same repository with a member of a file changed; null removes it.</summary>
    public RepositoryFixture With(string file, string path, JsonNode? value)
    {
        var root = JsonNode.Parse(Contents[file])!.AsObject();
        var at = root;
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            at = at[name]!.AsObject();
        }

        if (value is null)
        {
            at.Remove(names[^1]);
        }
        else
        {
            at[names[^1]] = value;
        }

        return this with { Contents = new Dictionary<string, string>(Contents) { [file] = root.ToJsonString() } };
    }

    /// <summary>A repository in the form of transformers: a configuration and one file of weights.</summary>
    public static RepositoryFixture Hf(string id, long bytes, string config, params string[] others) => new(id)
    {
        Sizes = new Dictionary<string, long>(others.Select(name => KeyValuePair.Create(name, 100L)))
        {
            ["config.json"] = config.Length,
            ["model.safetensors"] = bytes,
            ["tokenizer.json"] = 1000,
        },
        Contents = new Dictionary<string, string> { ["config.json"] = config },
    };

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
