using Infra.Lab.Cloud;
using Infra.Lab.Cloud.Resources;

namespace Infra.Lab.Deployments;

/// <summary>
/// Operations that a run did not see the end of, as Pulumi's engine keeps them (pulumi 1b594989, <c>pkg/engine</c> and <c>pkg/backend</c>):
/// the next run warns, goes on as if they had never been, and leaves creations pending until a refresh is answered.
/// </summary>
internal static class PendingOperations
{
    /// <summary>A creation of which nobody knows whether there is something. A cloud without an account of its own knows.</summary>
    public static bool IsCreation(CloudContext cloud, CloudResource resource) =>
        cloud.Options.Account is not null && resource.Status == ResourceStatus.Creating;

    /// <summary>What Pulumi's CLI says before it begins; null where nothing is pending.</summary>
    public static string? Warning(CloudContext cloud)
    {
        var pending = cloud.Options.Account is null ? [] : cloud.State.Resources.Where(resource => resource.Status != ResourceStatus.Ok).ToList();
        return pending.Count == 0 ? null : $"Attempting to deploy or update resources with {pending.Count} pending operations from previous deployment.\n"
            + string.Concat(pending.Select(resource => $"  * {resource.Type}::{resource.Name}, interrupted while {resource.Status.ToString().ToLowerInvariant()}\n"))
            + "These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to these resources to complete. "
            + "Note that `pulumi refresh` will need to be run interactively to clear pending CREATE operations.";
    }

    /// <param name="cloud">What there is.</param>
    /// <param name="read">A resource as it is found; null where it is gone.</param>
    /// <param name="answers">Ids for creations that nobody knows the end of, by type and name.</param>
    public static void Refresh(
        CloudContext cloud, Func<CloudResource, CloudResource?> read, IReadOnlyDictionary<(string Type, string Name), string> answers)
    {
        foreach (var resource in cloud.State.Resources.ToList())
        {
            var found = !IsCreation(cloud, resource) ? read(resource)
                : answers.TryGetValue((resource.Type, resource.Name), out var id) ? Imported.As(resource, id)
                : null;
            if (found is null)
            {
                cloud.State.Remove(resource);
            }
            else
            {
                cloud.State.Put(found with { Status = ResourceStatus.Ok, HalfMade = null });
            }
        }
    }
}
