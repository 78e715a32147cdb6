using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Deployment;

/// <summary>
/// Interrupted operations, as Pulumi's engine handles them (pulumi 1b594989, <c>pkg/engine</c> and <c>pkg/backend</c>): the next run warns,
/// ignores them, and keeps creations pending until a refresh resolves them.
/// </summary>
internal static class PendingOperations
{
    /// <summary>A creation with an unknown result. Otherwise the result is known.</summary>
    public static bool IsCreation(CloudContext cloud, CloudResource resource) =>
        cloud.Options.IsLikePulumi && resource.Status == ResourceStatus.Creating;

    /// <summary>The CLI's warning at the start; null if no operation is pending.</summary>
    public static string? Warning(CloudContext cloud)
    {
        var pending = !cloud.Options.IsLikePulumi
            ? []
            : cloud.State.Resources.Where(resource => resource.Status != ResourceStatus.Ok).ToList();
        return pending.Count == 0
            ? null
            : $"Attempting to deploy or update resources with {pending.Count} pending operations from previous deployment.\n"
            + string.Concat(pending.Select(resource =>
                $"  * {resource.Type}::{resource.Name}, interrupted while {resource.Status.ToString().ToLowerInvariant()}\n"))
            + "These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes to "
            + "these resources to complete. "
            + "Note that `pulumi refresh` will need to be run interactively to clear pending CREATE operations.";
    }

    /// <param name="cloud">The cloud.</param>
    /// <param name="read">Reads a resource; null if it is gone.</param>
    /// <param name="answers">Ids for creations with an unknown result, by type and name.</param>
    public static async Task RefreshAsync(
        CloudContext cloud, Func<CloudResource, Task<CloudResource?>> read,
        IReadOnlyDictionary<(string Type, string Name), string> answers)
    {
        foreach (var resource in cloud.State.Resources.ToList())
        {
            var found = !IsCreation(cloud, resource) ? await read(resource)
                : answers.TryGetValue((resource.Type, resource.Name), out var id) ? await read(Imported.As(resource, id))
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
