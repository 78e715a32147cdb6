using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>
/// <c>engine-venv</c> with pip itself, and Python indexes that lie: nothing but the pinned version counts as installed, and each lie ends
/// in a refusal.
/// </summary>
public sealed class LyingIndexTests(LyingIndexTests.HonestInstall honest) : IClassFixture<LyingIndexTests.HonestInstall>
{
    private const string Wheel = "vllm-0.31.0-py3-none-any.whl";

    // Without it, an index that this test makes too badly to be installed from would pass for one that was refused.
    [Fact]
    public void The_pinned_version_of_an_honest_index_is_installed()
    {
        Assert.True(honest.Result.ExitCode == 0, honest.Result.All);
        Assert.True(honest.Installed);
        Assert.True(File.Exists(honest.Node.At("/state/install")));
    }

    public static TheoryData<string> Lies =>
        ["no checksum of it", "another version", "the source alone", "another version inside", "a way out", "deeper than it ends",
            "a page of noise"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task No_lie_of_an_index_counts_as_installed(string lie)
    {
        using var node = new StagedNode();
        // A virtual environment with the pip of the honest installation: to unpack pip takes ten times as long as the rest.
        node.Stub("python3", $"""
            [[ "$1 $2" == '-m venv' ]] || exec /usr/bin/python3 "$@"
            /usr/bin/python3 -m venv --without-pip "$3" && echo '{honest.Packages}' > "$(echo "$3"/lib/python3.*/site-packages)/pip.pth"
            """);
        var wheel = lie switch
        {
            "another version inside" => Made("0.30.0"),
            "a way out" => Made("0.31.0", "../../../../../../evil.py"),
            _ => Made("0.31.0"),
        };
        var result = await InstallAsync(node, wheel, lie switch
        {
            "no checksum of it" => Page(Wheel, Encoding.ASCII.GetBytes("another")),
            "another version" => Page("vllm-0.32.0-py3-none-any.whl", wheel),
            "the source alone" => Page("vllm-0.31.0.tar.gz", wheel),
            "deeper than it ends" => new string('[', 100_000),
            "a page of noise" => string.Concat(Enumerable.Repeat("<a href=", 100_000)),
            _ => Page(Wheel, wheel),
        });
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error: pip could not install vllm==0.31.0: ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("\nnext: check that the Python index is reachable", result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(node.Root, "evil.py", SearchOption.AllDirectories));
        Assert.False(File.Exists(node.At("/state/install")));
    }

    /// <summary>An installation from an honest index, whose pip is then the other tests'.</summary>
    public sealed class HonestInstall : IAsyncLifetime
    {
        internal StagedNode Node { get; } = new();

        internal ToolResult Result { get; private set; } = null!;

        /// <summary>Whether the package was there.</summary>
        internal bool Installed { get; private set; }

        /// <summary>The folder of pip, without the package.</summary>
        internal string Packages { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Result = await InstallAsync(Node, Made("0.31.0"));
            Packages = Directory.GetDirectories(Node.At("/state/venv/lib"), "site-packages", SearchOption.AllDirectories).Single();
            Installed = File.Exists(Path.Combine(Packages, "vllm", "__init__.py"));
            foreach (var folder in Directory.GetDirectories(Packages, "vllm*"))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        public ValueTask DisposeAsync()
        {
            Node.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private static async Task<ToolResult> InstallAsync(StagedNode node, byte[] wheel, string? page = null)
    {
        using var index = new LyingHub(call => call.Path.EndsWith(".whl", StringComparison.Ordinal)
            ? call.AnswerAsync(wheel, "Connection: close\r\n")
            : call.Path.TrimEnd('/').EndsWith("/vllm", StringComparison.Ordinal)
                ? call.AnswerAsync(page ?? Page(Wheel, wheel), "Content-Type: application/vnd.pypi.simple.v1+json\r\nConnection: close\r\n")
                : call.AnswerAsync([], "Connection: close\r\n", "404 Not Found"));
        Directory.CreateDirectory(node.At("/state"));
        return await node.RunAsync("engine-venv", ["install"], null, ("STATE_DIRECTORY", node.At("/state")), ("ENGINE_INSTALL", "venv"),
            ("ENGINE_REQUIREMENTS", "vllm==0.31.0"), ("ENGINE_RESOLVED_BEFORE", ""), ("RETRY_S", "0"),
            ("PIP_INDEX_URL", $"{index.Url}/simple/"));
    }

    /// <summary>What the index lists of vllm: one file, with the checksum of some content.</summary>
    private static string Page(string file, byte[] content) =>
        $$$"""
        {"meta":{"api-version":"1.0"},"name":"vllm","files":[{"filename":"{{{file}}}","url":"/files/{{{file}}}",
        "hashes":{"sha256":"{{{Convert.ToHexStringLower(SHA256.HashData(content))}}}"}}]}
        """;

    private static byte[] Made(string version, string? more = null)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            const string Info = "vllm-0.31.0.dist-info";
            Add("vllm/__init__.py", "");
            Add($"{Info}/METADATA", $"Metadata-Version: 2.1\nName: vllm\nVersion: {version}\n");
            Add($"{Info}/WHEEL", "Wheel-Version: 1.0\nGenerator: a\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            Add($"{Info}/RECORD",
                $"vllm/__init__.py,,\n{Info}/METADATA,,\n{Info}/WHEEL,,\n{Info}/RECORD,,\n{(more is null ? "" : $"{more},,\n")}");
            if (more is not null)
            {
                Add(more, "print('evil')");
            }

            void Add(string name, string content)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return file.ToArray();
    }
}
