using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Infra.Tests.Node;

/// <summary>What <c>store-secrets</c> takes, refuses, and leaves on disk.</summary>
public sealed class SecretsTests
{
    internal const string AliceKey = "alice-key-0123456789";
    internal const string BobKey = "bob-key-0123456789ab";

    [Fact]
    public async Task All_of_it_is_stored_only_for_root_and_nginx()
    {
        using var node = new StagedNode();
        var result = await node.RunAsync("store-secrets", Secrets(node));
        Assert.True(result.ExitCode == 0, result.All);
        var files = Directory.GetFiles(node.At("/etc/inference/secrets"), "*", SearchOption.AllDirectories);
        Assert.All(files, file => Assert.Equal(
            UnixFileMode.None, File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)));
        Assert.Equal("../names/alice", new FileInfo(node.At($"/etc/inference/secrets/clients/keys/{AliceKey}")).LinkTarget);
        Assert.Equal("", node.Read("/etc/inference/secrets/huggingface.token"));
        Assert.True(File.Exists(node.At("/etc/inference/secrets/complete")));
    }

    [Fact]
    public async Task Nothing_secret_is_printed()
    {
        using var node = new StagedNode();
        var result = await node.RunAsync("store-secrets", Secrets(node, token: "hf_secretsecret"));
        Assert.DoesNotContain(AliceKey, result.All, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", result.All, StringComparison.Ordinal);
        Assert.Contains("2 clients, a Hugging Face token", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_sent_again_is_gone_and_nginx_needs_no_reload()
    {
        using var node = new StagedNode();
        var material = Secrets(node, token: "hf_x");
        await node.RunAsync("store-secrets", material);
        var rotated = string.Join('\n', material.Split('\n').Where(line => !line.StartsWith("clients ", StringComparison.Ordinal)
            && !line.StartsWith("huggingface", StringComparison.Ordinal)))
            + $"clients {Base64($"bob {BobKey}\n")}\n";
        var result = await node.RunAsync("store-secrets", rotated, ("STUB_STATUS", "0"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal([BobKey], Directory.GetFileSystemEntries(node.At("/etc/inference/secrets/clients/keys")).Select(Path.GetFileName));
        Assert.DoesNotContain("reload", node.Called, StringComparison.Ordinal);
        Assert.Equal("", node.Read("/etc/inference/secrets/huggingface.token"));
        Assert.Single(Directory.GetDirectories(node.At("/etc/inference/secrets")),
            folder => folder.Contains("/set.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_is_not_the_one_served_reloads_nginx()
    {
        using var running = new RunningNode();
        var node = running.Node;
        var material = Secrets(node);
        await node.RunAsync("store-secrets", material);
        running.Running("inference-nginx.service");
        // As after a run that was killed between its last file and the reload: nothing differs from what is on disk.
        node.Write("/world/nginx.crt", "another");
        running.Refuse("systemctl reload *");
        var result = await node.RunAsync("store-secrets", material);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("error: the certificate: not applied, 'systemctl reload inference-nginx.service' failed\nnext: ", result.Errors,
            StringComparison.Ordinal);
        running.Refuse();
        result = await node.RunAsync("store-secrets", material);
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Equal(node.Read("/tls.crt"), node.Read("/world/nginx.crt"));
        File.Delete(node.At("/called"));
        Assert.Equal(0, (await node.RunAsync("store-secrets", material)).ExitCode);
        Assert.DoesNotContain("reload", node.Called, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_a_killed_run_left_in_clear_go_with_the_next()
    {
        using var node = new StagedNode();
        node.Write("/etc/inference/secrets/.new.abcdef/clients", $"alice {AliceKey}\n");
        node.Write("/etc/inference/secrets/set.1/tls.key", "old");
        Assert.Equal(0, (await node.RunAsync("store-secrets", Secrets(node))).ExitCode);
        Assert.Equal(["clients", "complete", "current", "huggingface.token", "set", "tls.crt", "tls.key"],
            Directory.GetFileSystemEntries(node.At("/etc/inference/secrets"))
                .Select(path => Path.GetFileName(path).Split('.') is ["set", _] ? "set" : Path.GetFileName(path))
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("failed", "systemctl start --no-block inference.target", "restart")]
    [InlineData("activating", "systemctl restart --no-block inference-weights.service", "reset-failed")]
    [InlineData("activating with it", "", "restart")]
    [InlineData("active", "", "start")]
    public async Task A_token_restarts_a_download_that_began_without_it(string weights, string expected, string unexpected)
    {
        using var node = new StagedNode();
        node.Write("/run/credentials/inference-weights.service/huggingface.token", weights == "activating with it" ? "hf_x" : "");
        node.Stub("systemctl",
            "echo \"systemctl $*\" >> \"$INFERENCE_ROOT/called\"\n"
            + $"[[ $* != 'is-active inference-weights.service' ]] || echo {weights.Split(' ')[0]}\n[[ $1 != is-active ]]");
        var result = await node.RunAsync("store-secrets", Secrets(node, token: "hf_x"));
        Assert.True(result.ExitCode == 0, result.All);
        Assert.Contains(expected, node.Called, StringComparison.Ordinal);
        Assert.DoesNotContain(unexpected, node.Called, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clients", "alice ../../etc/passwd-0123", "clients has a line")]
    [InlineData("clients", "alice short", "clients has a line")]
    [InlineData("clients", "Alice/x alice-key-0123456789", "clients has a line")]
    [InlineData("clients", "alice alice-key-0123456789 more", "clients has a line")]
    [InlineData("clients", "alice alice-key-0123456789\nbob alice-key-0123456789", "two clients have the same key")]
    [InlineData("clients", "\n", "clients is empty")]
    [InlineData("tls.key", "not a key", "do not match")]
    [InlineData("../../../tmp/evil", "x", "a name other than")]
    public async Task A_bad_line_changes_nothing(string name, string content, string message)
    {
        using var node = new StagedNode();
        var lines = Secrets(node).Split('\n').Where(line => !line.StartsWith(name + " ", StringComparison.Ordinal));
        var result = await node.RunAsync("store-secrets", $"{string.Join('\n', lines)}{name} {Base64(content)}\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Errors, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(node.At("/etc/inference/secrets")));
    }

    [Theory]
    [InlineData("clients not-base64!\n")]
    [InlineData("clients\n")]
    [InlineData("clients YQ==")]
    [InlineData("")]
    public async Task Half_a_delivery_changes_nothing(string input)
    {
        using var node = new StagedNode();
        var result = await node.RunAsync("store-secrets", input);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(node.At("/etc/inference/secrets")));
    }

    /// <summary>The lines that the stack sends, with a certificate of its own.</summary>
    internal static string Secrets(StagedNode node, string? token = null, string name = "node")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-1), now.AddDays(2));
        node.Write("/tls.key", key.ExportPkcs8PrivateKeyPem() + "\n");
        node.Write("/tls.crt", certificate.ExportCertificatePem() + "\n");
        return Components.NodeSecrets.Lines(
            node.Read("/tls.key"), node.Read("/tls.crt"), new Dictionary<string, string> { ["alice"] = AliceKey, ["bob"] = BobKey },
            token ?? "");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
