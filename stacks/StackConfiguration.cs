using System.Text.Json;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Plan;

namespace Infra.Stacks;

/// <summary>The configuration as Pulumi passes it, and the rules for the name of the stack.</summary>
public static class StackConfiguration
{
    /// <summary>Values by qualified key, from the JSON object in the environment; null or empty: none.</summary>
    public static IReadOnlyDictionary<string, string> Values(string? json) =>
        string.IsNullOrEmpty(json) ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    /// <summary>Qualified keys, from the JSON array in the environment; null if it is not set.</summary>
    public static IReadOnlySet<string>? Keys(string? json) =>
        string.IsNullOrEmpty(json) ? null : JsonSerializer.Deserialize<HashSet<string>>(json);

    /// <summary>The name of the stack is part of tags, host names and DigitalOcean's names.</summary>
    /// <exception cref="ConfigurationException">It is invalid.</exception>
    internal static void CheckNames(string stack, StackPlan plan)
    {
        var errors = StackName.Errors(stack, plan.Config).ToArray();
        if (errors.Length > 0)
        {
            throw new ConfigurationException(errors);
        }
    }
}
