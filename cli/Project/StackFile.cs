using System.Text.Json.Nodes;
using Infra.Planning.Errors;
using Infra.Planning.Plan;

namespace Infra.Cli.Project;

/// <summary>The configuration of a stack file, as Pulumi passes it to a program.</summary>
/// <param name="Project">Name of the project, and namespace of its keys.</param>
/// <param name="Stack">Name of the stack.</param>
/// <param name="Values">
/// By <c>namespace:key</c>; objects and lists as JSON text. Encrypted values are <c>ConfigNames.Encrypted</c>: they cannot be decrypted
/// without the stack's passphrase.
/// </param>
/// <param name="SecretKeys">Keys whose value is, or contains, a secret.</param>
internal sealed record StackFile(
    string Project, string Stack, IReadOnlyDictionary<string, string> Values, IReadOnlySet<string> SecretKeys)
{
    private const int MostNames = 5;

    /// <summary>Whether environments of Pulumi ESC supply further values: only the CLI can read them.</summary>
    public bool HasEnvironment { get; init; }

    /// <summary>Whether the file has further documents: the CLI reads only the first.</summary>
    public bool HasMoreDocuments { get; init; }

    /// <summary>Sections of the file that the CLI ignores.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Parts of the file without an effect here or at all.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            if (HasEnvironment)
            {
                yield return $"Pulumi.{Stack}.yaml has an environment (Pulumi ESC): "
                    + "its values are not in this output, only the CLI can read them";
            }

            if (HasMoreDocuments)
            {
                yield return $"Pulumi.{Stack}.yaml has several documents: Pulumi reads only what is above the second ---";
            }

            if (Ignored.Count > 0)
            {
                var shown = string.Join(", ", Ignored.Take(MostNames).Select(name => SecretWords.Without(name)));
                yield return $"Pulumi.{Stack}.yaml has sections that Pulumi ignores, because settings are below config: {shown}"
                    + (Ignored.Count > MostNames ? ", ..." : "");
            }
        }
    }

    /// <summary>Parts of the file that a plan without the CLI does not have.</summary>
    public IReadOnlyList<string> WarningsOf(StackPlan plan) =>
    [
        .. Warnings,
        .. plan.Encrypted.Count == 0 ? Array.Empty<string>() :
        [
            $"{string.Join(", ", plan.Encrypted)}: stored encrypted, and not readable without the stack's secrets provider; this output "
                + "has defaults or substitutes for them, and Pulumi checks them in `pulumi preview`",
        ],
    ];

    /// <summary>
    /// Sets the two environment variables with the configuration of a Pulumi program. A mocked deployment has no other way to get it.
    /// </summary>
    public void Publish()
    {
        Environment.SetEnvironmentVariable("PULUMI_CONFIG",
            new JsonObject(Values.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value))).ToJsonString());
        Environment.SetEnvironmentVariable("PULUMI_CONFIG_SECRET_KEYS",
            new JsonArray([.. SecretKeys.Select(key => (JsonNode?)key)]).ToJsonString());
    }
}
