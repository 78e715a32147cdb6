using System.Globalization;
using System.Text.Json;
using Infra.Planning;
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
        const string Fix = "pulumi stack rename <name>";
        if (!Names.IsName(stack))
        {
            throw new ConfigurationException(new UserError(
                "the name of the stack", stack, $"is not {Names.NameRule}; it is part of tags and host names", Fix));
        }
        var tooLong = plan.Endpoints.SelectMany(endpoint => TooLong(stack, endpoint, Fix)).ToArray();
        if (tooLong.Length > 0)
        {
            throw new ConfigurationException(tooLong);
        }
    }

    // The last replica has the longest name.
    private static IEnumerable<UserError> TooLong(string stack, EndpointPlan endpoint, string fix)
    {
        var last = endpoint.Replicas - 1;
        if (Names.Hostname(stack, endpoint.Name, last) is { Length: > Names.LongestHostname } hostname)
        {
            yield return Error("host names", hostname, Names.LongestHostname);
        }
        else if (endpoint.CacheVolumeGiB is not null
            && Names.CacheVolume(stack, endpoint.Name, last) is { Length: > Names.LongestVolumeName } volume)
        {
            yield return Error("names of Volumes", volume, Names.LongestVolumeName);
        }

        UserError Error(string what, string name, int most) =>
            new($"endpoints.{endpoint.Name}", null, string.Create(CultureInfo.InvariantCulture,
            $"has a name that makes {what} such as {name}, of {name.Length} characters; the limit is {most}"), fix);
    }
}
