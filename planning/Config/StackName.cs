using System.Globalization;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>Rules for the name of a stack, which is part of tags, host names and DigitalOcean's names.</summary>
public static class StackName
{
    private const string Key = "the name of the stack";

    /// <summary>What is wrong with the name, alone and together with the names of the endpoints.</summary>
    public static IEnumerable<UserError> Errors(string stack, StackConfig config)
    {
        ArgumentNullException.ThrowIfNull(stack);
        ArgumentNullException.ThrowIfNull(config);
        return Names.IsName(stack)
            ? config.Endpoints.OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .SelectMany(entry => TooLong(stack, entry.Key, entry.Value))
            : [new(Key, ShownValue.Mask(stack), $"is not {Names.NameRule}; it is part of tags and host names",
                Rename(Names.Nearest(stack)))];
    }

    // The last replica has the longest name.
    private static IEnumerable<UserError> TooLong(string stack, string endpoint, EndpointConfig config)
    {
        var last = Math.Max(config.Replicas, 1) - 1;
        if (Names.Hostname(stack, endpoint, last) is { Length: > Names.LongestHostname } hostname)
        {
            yield return Error("host names", hostname, Names.LongestHostname);
        }
        else if (config.CacheVolumeGiB is not null
            && Names.CacheVolume(stack, endpoint, last) is { Length: > Names.LongestVolumeName } volume)
        {
            yield return Error("names of Volumes", volume, Names.LongestVolumeName);
        }

        UserError Error(string what, string name, int most) =>
            new(ConfigPath.Member("endpoints", endpoint), null, string.Create(CultureInfo.InvariantCulture,
                $"has a name that makes {what} such as {name}, of {name.Length} characters; the limit is {most}"),
                Rename(stack[..Math.Max(stack.Length - (name.Length - most), 1)].TrimEnd('-')));
    }

    private static string Rename(string name) => $"pulumi stack rename {name}";
}
