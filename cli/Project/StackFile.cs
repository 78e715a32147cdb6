using System.Text.Json.Nodes;

namespace Infra.Cli.Project;

/// <summary>The configuration of a stack file, as Pulumi passes it to a program.</summary>
/// <param name="Project">Name of the project, and namespace of its keys.</param>
/// <param name="Stack">Name of the stack.</param>
/// <param name="Values">By <c>namespace:key</c>; objects and lists as JSON text.</param>
/// <param name="SecretKeys">Keys whose value is, or contains, a secret.</param>
internal sealed record StackFile(
    string Project, string Stack, IReadOnlyDictionary<string, string> Values, IReadOnlySet<string> SecretKeys)
{
    /// <summary>The value of secrets here: they cannot be decrypted without the stack's passphrase.</summary>
    public const string SecretPlaceholder = "[secret]";

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
