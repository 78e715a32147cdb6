using System.Globalization;
using System.Text.Json;
using Infra.Components;
using Infra.Components.Planning;

namespace Infra.Stacks;

/// <summary>The configuration as Pulumi hands it to a program, and what the name of the stack must be.</summary>
public static class StackConfiguration
{
    /// <summary>Values by qualified key, from the JSON object that Pulumi puts in the environment; null or empty: none.</summary>
    public static IReadOnlyDictionary<string, string> Values(string? json) =>
        string.IsNullOrEmpty(json) ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;

    /// <summary>Qualified keys, from the JSON array that Pulumi puts in the environment; null where it did not.</summary>
    public static IReadOnlySet<string>? Keys(string? json) => string.IsNullOrEmpty(json) ? null : JsonSerializer.Deserialize<HashSet<string>>(json);

    /// <summary>The name of the stack is part of tags, host names and DigitalOcean's names.</summary>
    /// <exception cref="ConfigurationException">It cannot be.</exception>
    internal static void CheckNames(string stack, StackPlan plan)
    {
        const string Fix = "pulumi stack rename <name>";
        if (!Names.IsName(stack))
        {
            throw new ConfigurationException(new ConfigurationMistake(
                "the name of the stack", stack, $"is not {Names.NameRule}; it is part of tags and host names", Fix));
        }
        var tooLong = plan.Endpoints
            .Select(endpoint => (endpoint.Name, Hostname: Names.Hostname(stack, endpoint.Name, endpoint.Replicas - 1)))
            .Where(endpoint => endpoint.Hostname.Length > Names.LongestHostname)
            .Select(endpoint => new ConfigurationMistake($"endpoints.{endpoint.Name}", null, string.Create(CultureInfo.InvariantCulture,
                $"has a name that makes host names such as {endpoint.Hostname}, of {endpoint.Hostname.Length} characters; {Names.LongestHostname} is the most"), Fix))
            .ToArray();
        if (tooLong.Length > 0)
        {
            throw new ConfigurationException(tooLong);
        }
    }
}
