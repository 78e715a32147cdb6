using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>
/// <c>engine-container</c> with podman itself, and registries that lie: nothing but the pinned image is stored, and each lie ends in a
/// refusal.
/// </summary>
public sealed class LyingRegistryTests
{
    private static readonly byte[] s_layer = Layer();
    private static readonly byte[] s_config = Encoding.UTF8.GetBytes(
        $$$"""
        {"architecture":"amd64","os":"linux","config":{},
        "rootfs":{"type":"layers","diff_ids":["{{{Digest(Inflated(s_layer))}}}"]}}
        """);
    private static readonly byte[] s_manifest = Encoding.UTF8.GetBytes(
        $$"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":
        {"mediaType":"application/vnd.oci.image.config.v1+json",
        "digest":"{{Digest(s_config)}}","size":{{s_config.Length}}},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",
        "digest":"{{Digest(s_layer)}}","size":{{s_layer.Length}}}]}
        """);

    // Without it, a registry that this test makes too badly to be pulled from would pass for one that was refused.
    [Fact]
    public async Task The_pinned_image_of_an_honest_registry_is_stored()
    {
        var (result, stored) = await PullAsync(HonestAsync);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.True(stored);
    }

    private static readonly string[] s_lies =
    [
        "another image", "an endless manifest", "an endless token", "another configuration", "an endless configuration", "another layer",
        "half a layer", "an endless layer",
    ];

    // At the same time: podman itself tries three times, with a pause after each.
    [Fact]
    public Task No_lie_of_a_registry_is_stored() =>
        Parallel.ForEachAsync(s_lies, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (lie, _) =>
    {
        var (result, stored) = await PullAsync(call => LieAsync(lie, call));
        Assert.True(result.ExitCode == 1 && !stored, $"{lie}: {result.All}");
        Assert.Matches(
            "error: the image .* could not be pulled: .*\nnext: check that the registry is reachable and the disk is large enough",
            result.Errors);
    });

    private static Task LieAsync(string lie, HubCall call)
    {
        var about = call.Path.Contains("/manifests/", StringComparison.Ordinal) ? "manifest"
            : call.Path.EndsWith(Digest(s_config), StringComparison.Ordinal) ? "configuration"
            : call.Path.EndsWith(Digest(s_layer), StringComparison.Ordinal) ? "layer"
            : call.Path.StartsWith("/token", StringComparison.Ordinal) ? "token" : "";
        return (lie, about) switch
        {
            ("another image", "manifest") => AnswerAsync(call, [.. s_manifest, (byte)' ']),
            ("an endless manifest", "manifest") or ("an endless token", "token") or ("an endless configuration", "configuration")
                or ("an endless layer", "layer") => EndlessAsync(call),
            ("an endless token", _) => call.WriteAsync(
                "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n"
                + $"Www-Authenticate: Bearer realm=\"{call.Url}/token\",service=\"a\"\r\n\r\n"),
            ("another configuration", "configuration") => AnswerAsync(call, [.. s_config[..^1], (byte)' ']),
            ("another layer", "layer") => AnswerAsync(call, Layer("taken over")),
            ("half a layer", "layer") => AnswerAsync(call, s_layer[..(s_layer.Length / 2)]),
            _ => HonestAsync(call),
        };
    }

    private static Task HonestAsync(HubCall call) => AnswerAsync(call, call.Path switch
    {
        "/v2/" => "{}"u8.ToArray(),
        _ when call.Path.Contains("/manifests/", StringComparison.Ordinal) => s_manifest,
        _ when call.Path.EndsWith(Digest(s_config), StringComparison.Ordinal) => s_config,
        _ => s_layer,
    });

    private static Task AnswerAsync(HubCall call, byte[] body) => call.AnswerAsync(body,
        call.Path.Contains("/manifests/", StringComparison.Ordinal)
            ? "Content-Type: application/vnd.oci.image.manifest.v1+json\r\nConnection: close\r\n"
            : "Content-Type: application/octet-stream\r\nConnection: close\r\n");

    private static async Task EndlessAsync(HubCall call)
    {
        await call.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\nConnection: close\r\n\r\n");
        await call.WithoutEndAsync(new string(' ', 1 << 20));
    }

    /// <summary>Runs the script with podman, a disk of 48 MiB, and everything of podman's in the node's folder.</summary>
    private static async Task<(ToolResult Result, bool Stored)> PullAsync(Func<HubCall, Task> registry)
    {
        Assert.SkipUnless(Environment.UserName == "root", "podman stores images for root here: run it as root.");
        using var hub = new LyingHub(registry);
        using var node = new StagedNode();
        var host = new Uri(hub.Url).Authority;
        var image = $"{host}/vllm@{Digest(s_manifest)}";
        node.Write("/registries.conf", $"[[registry]]\nlocation = \"{host}\"\ninsecure = true\n");
        node.Write("/storage.conf",
            $"[storage]\ndriver = \"vfs\"\ngraphroot = \"{node.At("/disk/images")}\"\nrunroot = \"{node.At("/disk/run")}\"\n");
        node.Write("/policy.json", """{"default":[{"type":"insecureAcceptAnything"}]}""");
        node.Stub("podman", """
            case $1 in
              run) exit ;;
              pull) set -- pull --signature-policy "$INFERENCE_ROOT/policy.json" "${@:2}" ;;
            esac
            exec /usr/bin/podman --cgroup-manager cgroupfs "$@"
            """);
        node.Stub("nvidia-ctk", "exit");
        Directory.CreateDirectory(node.At("/disk"));
        const string WithDisk = """
            mount -t tmpfs -o size=48m disk "$INFERENCE_ROOT/disk" && mkdir "$INFERENCE_ROOT/disk/tmp"
            status=0; "$1" || status=$?
            ! podman image exists "$ENGINE_IMAGE" || echo stored
            exit $status
            """;
        var result = await node.RunInsideAsync("engine-container",
            command => ["unshare", .. Tool.OwnNamespace(), "bash", "-c", WithDisk, "-", command],
            [("ENGINE_IMAGE", image), ("RETRY_S", "0"), ("CONTAINERS_REGISTRIES_CONF", node.At("/registries.conf")),
                ("CONTAINERS_STORAGE_CONF", node.At("/storage.conf")), ("TMPDIR", node.At("/disk/tmp"))]);
        return (result, result.Output.EndsWith("stored\n", StringComparison.Ordinal));
    }

    private static byte[] Layer(string content = "vLLM")
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "vllm")
            {
                DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }

        return packed.ToArray();
    }

    private static byte[] Inflated(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        gzip.CopyTo(whole);
        return whole.ToArray();
    }

    private static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";
}
