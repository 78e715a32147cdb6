using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Infra.Node;

/// <summary>The node-specific values of user data.</summary>
public sealed record CloudConfigInputs
{
    public required string Hostname { get; init; }

    /// <summary>Content of <c>/etc/inference/node.env</c>; see <see cref="Infra.Node.NodeEnvironment.Render"/>.</summary>
    public required string NodeEnvironment { get; init; }

    /// <summary>Keys that log in as <c>ops</c>, in OpenSSH's one-line format.</summary>
    public required IReadOnlyList<string> OpsSshPublicKeys { get; init; }

    /// <summary>
    /// Private bootstrap host key, ECDSA, in OpenSSH format: the only secret here, worthless after <c>retire-bootstrap-key</c>.
    /// </summary>
    public required string BootstrapHostKeyPrivate { get; init; }

    /// <summary>Its public key.</summary>
    public required string BootstrapHostKeyPublic { get; init; }
}

/// <summary>
/// Renders the user data of a Droplet: cloud-config as JSON, which is valid YAML and needs no quoting rules. The node files are one archive
/// (docs/adr/0005) with the files of <see cref="NodeFiles.All"/>.
/// </summary>
public static class CloudConfig
{
    /// <summary>Limit of DigitalOcean in bytes (OpenAPI description of <c>user_data</c>, 2026-08-07).</summary>
    public const int MaximumBytes = 64 * 1024;

    /// <summary>Path of the archive of the node files.</summary>
    public const string ArchivePath = "/var/lib/inference/rootfs.tar.bz2";

    /// <summary>Unpacks it. An image may lack the program bzip2; cloud-init needs Python, whose library has it.</summary>
    internal const string Unpack = $"python3 -Ic 'import tarfile; tarfile.open(\"{ArchivePath}\").extractall(\"/\")'";

    // cloud-init does not repeat an interrupted runcmd; scripts in this folder run at each boot.
    private const string EachBootPath = "/var/lib/cloud/scripts/per-boot/inference";

    // Everything slow or fallible is a unit with an entry in the phase timeline.
    private const string EachBoot = $"""
        #!/bin/sh
        [ ! -e /var/lib/inference/first-boot.done ] || exit 0
        {Unpack} && exec /usr/local/libexec/inference/first-boot

        """;

    /// <summary>The same for all nodes: built once.</summary>
    private static readonly Lazy<string> Archive = new(() => Convert.ToBase64String(NodeArchive.Pack(NodeFiles.All)));

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        // The reader is YAML, not a browser: quotes and angle brackets need no escape.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>Packs the node files on another thread: it takes as long as reading and checking a configuration does.</summary>
    public static void Prepare() => _ = Task.Run(static () => Archive.Value);

    /// <summary>The user data; deterministic.</summary>
    public static string Render(CloudConfigInputs inputs)
    {
        // sshd's files must exist before sshd starts; the first command unpacks the rest.
        var files = new JsonArray(
        [
            .. NodeFiles.All.Where(ReadEarly).Select(file => File(file.Path, file.Mode, file.Content)),
            File(Infra.Node.NodeEnvironment.Path, "0644", inputs.NodeEnvironment),
            new JsonObject
            {
                ["path"] = ArchivePath,
                ["permissions"] = "0600",
                ["encoding"] = "b64",
                ["content"] = Archive.Value,
            },
            File(EachBootPath, "0755", EachBoot),
        ]);
        var config = new JsonObject
        {
            ["hostname"] = inputs.Hostname,
            ["preserve_hostname"] = false,
            ["ssh_deletekeys"] = true,
            ["ssh_keys"] = new JsonObject
            {
                ["ecdsa_private"] = Line(inputs.BootstrapHostKeyPrivate),
                ["ecdsa_public"] = Line(inputs.BootstrapHostKeyPublic),
            },
            ["ssh_pwauth"] = false,
            ["disable_root"] = true,
            ["users"] = new JsonArray(
                new JsonObject
                {
                    ["name"] = "ops",
                    ["gecos"] = "operator",
                    ["shell"] = "/bin/bash",
                    ["lock_passwd"] = true,
                    ["sudo"] = "ALL=(ALL) NOPASSWD:ALL",
                    ["ssh_authorized_keys"] = new JsonArray([.. inputs.OpsSshPublicKeys.Select(key => (JsonNode)key.Trim())]),
                }),
            ["write_files"] = files,
            ["runcmd"] = new JsonArray(new JsonArray(EachBootPath)),
        };
        return "#cloud-config\n" + config.ToJsonString(Readable) + "\n";
    }

    /// <summary>Size of user data in bytes, as sent.</summary>
    public static int SizeOf(string userData) => Encoding.UTF8.GetByteCount(userData);

    private static bool ReadEarly(NodeFile file) => file.Path.StartsWith("/etc/ssh/", StringComparison.Ordinal);

    private static JsonObject File(string path, string mode, string content) => new()
    {
        ["path"] = path,
        ["permissions"] = mode,
        ["content"] = content,
    };

    private static string Line(string key) => key.TrimEnd() + "\n";
}
