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

    internal static string Revision => Infra.Planning.Catalog.ModelCatalog.Load().Models[FakeHub.Model].Revision!;

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
        _node.RunAsync("fetch-weights", [Root], null, Values(environment));

    /// <summary>A hub that sends without an end would also be asked for the time, which has a test of its own.</summary>
    internal WeightsFetch WithoutClock()
    {
        _node.Write("/usr/local/libexec/inference/clock-hint", "#!/bin/sh\n", (UnixFileMode)Convert.ToInt32("755", 8));
        return this;
    }

    /// <summary>The same by a command that runs it.</summary>
    /// <param name="around">Gives the command's words for those of the script.</param>
    /// <param name="environment">Values other than the sample's.</param>
    internal Task<ToolResult> RunInsideAsync(Func<string[], string[]> around, params (string Name, string Value)[] environment) =>
        _node.RunInsideAsync("fetch-weights", script => around([script, Root]), Values(environment));

    // The checksums of the catalog are those of the real weights.
    private (string Name, string Value)[] Values((string Name, string Value)[] environment) =>
        [("MODEL_HUB", Hub.Url), ("MODEL_CHECKSUMS", ""), ("RETRY_S", "20"), ("no_proxy", "*"), .. environment];
}
