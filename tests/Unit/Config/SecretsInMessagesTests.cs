using System.Text;
using System.Text.Json.Nodes;
using Infra.Cli.CommandLine;
using Infra.Cli.Project;
using Infra.Planning.Errors;
using Infra.Stacks;
using Infra.Tests.Abuse;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>No message, JSON output or plan contains a secret, wherever the user wrote it.</summary>
public sealed class SecretsInMessagesTests : IDisposable
{
    private const int Sample = 400;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly string[] s_names =
    [
        "password", "apiKey", "token", "x", "hfToken", "adminSshKey", "modl", "credential", "note", "source", "servedModelName",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-secrets-").FullName;

    public SecretsInMessagesTests() => File.Copy(Path.Combine(StackFiles.Root, "Pulumi.yaml"), Path.Combine(_folder, "Pulumi.yaml"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task No_output_has_a_secret_wherever_it_was_written() => Chance.WithSeedAsync("planted secrets", async chance =>
    {
        var refused = 0;
        for (var planted = 0; planted < Sample; planted++)
        {
            var (secret, core) = Secret(chance);
            var catalog = chance.Next(4) == 0;
            var (stack, rows) = (Stack(), Rows());
            Plant(catalog ? rows : (JsonObject)stack["config"]!, secret, chance);
            File.WriteAllText(Path.Combine(_folder, "own.json"), rows.ToJsonString());
            File.WriteAllText(Path.Combine(_folder, "Pulumi.planted.yaml"), stack.ToJsonString());
            // Read once, reported as text and as JSON.
            var reading = Task.Run(Read);
            for (var json = 0; json < 2; json++)
            {
                using var writer = new StringWriter(new StringBuilder());
                var terminal = new Terminal(writer, writer, interactive: false);
                var status = await Failure.GuardAsync(terminal, json == 1, async () => writer.Write(await reading));
                var output = writer.ToString();
                Assert.True(status is 0 or 1, output);
                refused += status;
                // Also not a part that is long enough to be of use.
                Assert.False(Parts(core).Any(part => output.Contains(part, StringComparison.OrdinalIgnoreCase)),
                    $"{secret}\n{stack.ToJsonString()}\n{rows.ToJsonString()}\n{output}");
            }
        }

        Assert.True(refused > Sample, "most secrets are refused");
    });

    private string Read()
    {
        var configuration = PulumiProject.Find(_folder).Configuration("planted", "preview");
        var plan = InferenceProgram.Read(configuration.Values, configuration.SecretKeys, _folder, "planted");
        return string.Join('\n', plan.Endpoints.SelectMany(
            endpoint => (string[])[endpoint.Name, .. endpoint.Flags, .. endpoint.Warnings, .. plan.Config.Tags]));
    }

    [Theory]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n-----END OPENSSH PRIVATE KEY-----")]
    [InlineData("-----BEGIN OPENSSH PRIVAT KEY-----\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY\n")]
    [InlineData("--BEGIN KEY--\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY\n")]
    [InlineData("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ")]
    [InlineData("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none")]
    public void A_private_key_of_any_shape_is_called_one_and_not_shown(string key)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => InferenceProgram.Read(
            Configs.With(("adminSshKeys", new JsonArray(key).ToJsonString())))).Errors);
        Assert.Contains("is a private key", error.Problem, StringComparison.Ordinal);
        Assert.Contains(".pub", error.Problem, StringComparison.Ordinal);
        Assert.Equal("[a private key]", error.Value);
    }

    [Theory]
    [InlineData("password=correcthorse9", "password=[secret]")]
    [InlineData("PGPASSWORD=x1y2z3w4 psql", "PGPASSWORD=[secret] psql")]
    [InlineData("https://a.example/?token=abcdef0123&x=1", "https://a.example/?token=[secret]&x=1")]
    public void A_password_of_another_program_is_not_shown(string text, string shown)
    {
        Assert.Equal(shown, ShownValue.Mask(text));
        Assert.True(ShownValue.IsSecret(text));
    }

    [Theory]
    [InlineData("mistralai/Ministral-3-3B-Instruct-2512")]
    [InlineData("Qwen3VLMoeForConditionalGeneration")]
    [InlineData("0123456789abcdef0123456789abcdef01234567")] // a commit
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2h6q1r5mQ0d8m3kq9sV7cX1yZ4wB6nE8tG0uH2iJ3k")]
    [InlineData("https://app.example.com/path?x=1@2")]
    [InlineData("gpu-mi300x8-1536gb-contracted")]
    [InlineData("maxNumBatchedTokens")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    public void What_is_no_secret_is_shown(string text) => Assert.Equal(text, ShownValue.Mask(text));

    private static IEnumerable<string> Parts(string core) =>
        Enumerable.Range(0, Math.Max(core.Length - 9, 1)).Select(start => core.Substring(start, Math.Min(10, core.Length - start)));

    // A secret of a kind that is recognized, and its part that nobody may see.
    private static (string Secret, string Core) Secret(Random chance)
    {
        string Of(int length, string from) => new([.. Enumerable.Range(0, length).Select(_ => from[chance.Next(from.Length)])]);
        var core = Of(40, Letters);
        var capitals = Of(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
        var hex = Of(40, "0123456789abcdef");
        return chance.Next(16) switch
        {
            0 => ($"hf_{core}", core),
            1 => ($"dop_v1_{hex}", hex),
            2 => ($"ghp_{core}", core),
            3 => ($"github_pat_{core}", core),
            4 => ($"sk-proj-A1{core}", core),
            5 => ($"AKIA{capitals}", capitals),
            6 => ($"glpat-{core}", core),
            7 => ($"xoxb-{core}", core),
            8 => ($"pul-{hex}", hex),
            9 => ($"https://user:{core}@host.example.com/x", core),
            10 => ($"-----BEGIN OPENSSH PRIVATE KEY-----\n{core}\n{core}\n-----END OPENSSH PRIVATE KEY-----", core),
            11 => ($"-----BEGIN RSA PRIVATE KEY----- {core} {core}", core),
            14 => ($"sk-or-v1-{hex}", hex),
            13 => ($"sk-1{hex}", hex),
            12 => ($"eyJhbGciOiJI.{core}.{core}", core),
            _ => ($"git clone https://oauth2:{core}@example.com", core),
        };
    }

    // As a value, an element, a key, or the value of an unknown key, anywhere.
    private static void Plant(JsonObject root, string secret, Random chance)
    {
        var places = Containers(root).ToArray();
        switch (places[chance.Next(places.Length)])
        {
            case JsonArray items when items.Count > 0 && chance.Next(2) == 0:
                items[chance.Next(items.Count)] = secret;
                break;
            case JsonArray items:
                items.Add(chance.Next(3) == 0 ? new JsonObject { [secret] = 1 } : secret);
                break;
            case JsonObject members when members.Count > 0 && chance.Next(2) == 0:
                members[members.ElementAt(chance.Next(members.Count)).Key] = chance.Next(3) == 0 ? new JsonArray(secret) : secret;
                break;
            case JsonObject members when chance.Next(2) == 0:
                members[secret] = chance.Next(2) == 0 ? "x" : new JsonObject { ["model"] = Configs.Model };
                break;
            case JsonObject members:
                members[s_names[chance.Next(s_names.Length)]] = secret;
                break;
        }
    }

    private static IEnumerable<JsonNode> Containers(JsonNode node) => node switch
    {
        JsonObject members => members.Select(member => member.Value).OfType<JsonNode>().SelectMany(Containers).Prepend(node),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Containers).Prepend(node),
        _ => [],
    };

    private static JsonObject Stack() => new()
    {
        ["config"] = new JsonObject
        {
            ["region"] = "tor1",
            ["adminCidrs"] = new JsonArray("203.0.113.7/32"),
            ["adminSshKeys"] = new JsonArray(),
            ["tags"] = new JsonArray("team-ai"),
            ["catalog"] = "own.json",
            ["engine"] = new JsonObject { ["install"] = "container" },
            ["endpoints"] = new JsonObject
            {
                ["chat"] = new JsonObject
                {
                    ["model"] = Configs.Model,
                    ["servedModelName"] = "chat",
                    ["clients"] = new JsonArray("alice", new JsonObject { ["name"] = "bob" }),
                    ["clientTags"] = new JsonArray("web"),
                    ["kvCache"] = "auto",
                },
            },
        },
    };

    private static JsonObject Rows() => new()
    {
        ["models"] = new JsonArray(new JsonObject
        {
            ["basedOn"] = Configs.Model,
            ["id"] = "acme/tuned",
            ["revision"] = "0123456789abcdef0123456789abcdef01234567",
            ["source"] = "https://example.com",
            ["sourceDate"] = "2026-11-01",
            ["flags"] = new JsonArray("--enforce-eager"),
        }),
    };
}
