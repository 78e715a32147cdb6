using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Infra.Node;

/// <summary>What differs between the user data of two nodes.</summary>
public sealed record CloudConfigInputs
{
    public required string Hostname { get; init; }

    /// <summary>Text of <c>/etc/inference/node.env</c>; see <see cref="Infra.Node.NodeEnvironment.Render"/>.</summary>
    public required string NodeEnvironment { get; init; }

    /// <summary>Keys that log in as <c>ops</c>, in OpenSSH's one-line form.</summary>
    public required IReadOnlyList<string> OpsSshPublicKeys { get; init; }

    /// <summary>
    /// Private half of the host key of the first connection, ECDSA, in OpenSSH's form: the only secret here, worthless once
    /// <c>retire-bootstrap-key</c> ran.
    /// </summary>
    public required string OneUseHostKeyPrivate { get; init; }

    /// <summary>Its public half.</summary>
    public required string OneUseHostKeyPublic { get; init; }
}

/// <summary>
/// Renders the user data of a Droplet: cloud-config as JSON, which is YAML, so that no quoting can go wrong. The node files travel as one
/// archive (docs/adr/0005); what is in it is in <see cref="NodeFiles.All"/>.
/// </summary>
public static class CloudConfig
{
    /// <summary>What DigitalOcean takes, in bytes (OpenAPI description of <c>user_data</c>, 2026-08-07).</summary>
    public const int MaximumBytes = 64 * 1024;

    /// <summary>Where the node files travel, as one archive.</summary>
    public const string ArchivePath = "/var/lib/inference/rootfs.tar.bz2";

    /// <summary>Unpacks it. An image need not have the program bzip2; cloud-init itself is Python, whose library has it.</summary>
    internal const string Unpack = $"python3 -Ic 'import tarfile; tarfile.open(\"{ArchivePath}\").extractall(\"/\")'";

    // cloud-init never repeats a runcmd that a reboot cut short; what lies here it runs at each boot.
    private const string EachBootPath = "/var/lib/cloud/scripts/per-boot/inference";

    // Everything that takes time or may fail is a unit with an entry in the ledger.
    private const string EachBoot = $"""
        #!/bin/sh
        [ ! -e /var/lib/inference/first-boot.done ] || exit 0
        {Unpack} && exec /usr/local/libexec/inference/first-boot

        """;

    /// <summary>The same for every node: packed once.</summary>
    private static readonly Lazy<string> Archive = new(() => Convert.ToBase64String(NodeArchive.Pack(NodeFiles.All)));

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        // The reader is YAML, not a browser: quotes and angle brackets may stay as they are.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>The user data: the same text for the same inputs.</summary>
    public static string Render(CloudConfigInputs inputs)
    {
        // What sshd reads has to be there before sshd starts; the rest is unpacked by the first command.
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
                ["ecdsa_private"] = Line(inputs.OneUseHostKeyPrivate),
                ["ecdsa_public"] = Line(inputs.OneUseHostKeyPublic),
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

    /// <summary>Bytes of a user data as it goes over the wire.</summary>
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
