using Infra.Planning.Errors;

namespace Infra.Planning.Plan;

/// <summary>
/// Volumes of two stacks with the same name: that of endpoint <c>eu-chat</c> of stack <c>prod</c>, and of <c>chat</c> of <c>prod-eu</c>. A
/// Volume's name has only letters, digits and hyphens, and DigitalOcean refuses the second one in a region, in the middle of a deployment.
/// </summary>
public static class SharedVolumeNames
{
    /// <summary>Whether another stack could have them: only where stack or endpoint has a hyphen in its name.</summary>
    public static bool ArePossible(string stack, StackPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return WithVolumes(plan).Any(endpoint => Others(stack, endpoint.Name).Any());
    }

    /// <summary>Warnings for endpoints that exist already.</summary>
    /// <param name="stack">Name of the stack.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="tags">All tags in the account: each endpoint has one as long as it exists.</param>
    /// <exception cref="ConfigurationException">An endpoint that does not exist yet would have another one's Volumes.</exception>
    public static IReadOnlyList<string> Check(string stack, StackPlan plan, IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var present = tags.ToHashSet(StringComparer.Ordinal);
        var errors = new List<UserError>();
        var warnings = new List<string>();
        foreach (var endpoint in WithVolumes(plan))
        {
            foreach (var (otherStack, other) in Others(stack, endpoint.Name))
            {
                var tag = Names.EndpointTag(otherStack, other);
                if (!present.Contains(tag))
                {
                    continue;
                }
                var same = $"has Volumes with the same names as endpoint {other} of stack {otherStack}, which the tag {tag} in this "
                    + $"account belongs to: {Names.CacheVolume(stack, endpoint.Name, 0)}";
                if (present.Contains(Names.EndpointTag(stack, endpoint.Name)))
                {
                    warnings.Add($"endpoint {endpoint.Name} {same}. In the control panel, only their Droplets' tags differ");
                    continue;
                }
                errors.Add(new(ConfigPath.Member("endpoints", endpoint.Name), null,
                    $"{same}. DigitalOcean accepts a name once in a region, and no one could tell them apart in the control panel",
                    $"give the endpoint another name in the file of the stack; if that stack is gone: doctl compute tag delete {tag}"));
            }
        }
        return errors.Count > 0 ? throw new ConfigurationException(errors) : warnings;
    }

    private static IEnumerable<EndpointPlan> WithVolumes(StackPlan plan) =>
        plan.Endpoints.Where(endpoint => endpoint.CacheVolumeGiB is not null);

    /// <summary>All other pairs of stack and endpoint whose host names are the same.</summary>
    private static IEnumerable<(string Stack, string Endpoint)> Others(string stack, string endpoint)
    {
        var joined = $"{stack}-{endpoint}";
        return Enumerable.Range(0, joined.Length)
            .Where(at => joined[at] == '-' && at != stack.Length)
            .Select(at => (joined[..at], joined[(at + 1)..]))
            .Where(pair => Names.IsName(pair.Item1) && Names.IsName(pair.Item2));
    }
}
