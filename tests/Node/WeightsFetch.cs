using System.Text;

namespace Infra.Tests.Node;

/// <summary>A hub, an empty folder of models, and the script between them.</summary>
internal sealed class WeightsFetch : IDisposable
{
    internal static readonly byte[] Weights = Bytes(300_000, 1);
    internal static readonly byte[] OtherCopy = Bytes(300_000, 2);
    private readonly StagedNode _node = new();

    internal WeightsFetch(params (string Name, byte[] Content)[] files)
    {
        Hub = new FakeHub(files.Length > 0 ? files :
        [
            ("config.json", Encoding.UTF8.GetBytes("{}")), ("consolidated.safetensors", Weights), ("model.safetensors", OtherCopy),
            ("model.safetensors.index.json", Encoding.UTF8.GetBytes("{ }")), ("params.json", Encoding.UTF8.GetBytes("{\"dim\":1}")),
            ("README.md", Encoding.UTF8.GetBytes("#")), ("tekken.json", Bytes(500, 4)),
        ]);
        Directory.CreateDirectory(Root);
    }

    internal static string Revision => Components.Catalog.ModelCatalog.Load().Models[FakeHub.Model].Revision!;

    internal FakeHub Hub { get; }

    internal string Root => _node.At("/srv/inference/models");

    internal IEnumerable<string?> Files => Directory.GetFiles(At("current")).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    public void Dispose()
    {
        Hub.Dispose();
        _node.Dispose();
    }

    internal static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)((i * 31) + (i >> 8) + seed);
        }

        return bytes;
    }

    internal string At(string path) => Path.Combine(Root, path);

    internal string Credentials(string token)
    {
        _node.Write("/credentials/huggingface.token", token + "\n");
        return _node.At("/credentials");
    }

    internal Task<ToolResult> RunAsync(params (string Name, string Value)[] environment) =>
        _node.RunAsync("fetch-weights", [Root], null, [("MODEL_HUB", Hub.Url), ("RETRY_S", "20"), ("no_proxy", "*"), .. environment]);
}
