using Infra.Lab.Provider.Resources;
using Infra.Lab.Specs;
using Infra.Planning.Catalog;

namespace Infra.Lab.Provider;

/// <summary>Dependencies of the resource kinds.</summary>
/// <param name="State">The state.</param>
/// <param name="Runtime">The host runtime.</param>
/// <param name="Catalog">Available sizes, regions and images.</param>
/// <param name="Options">The account.</param>
/// <param name="VirtualNetwork">Networks and load balancers.</param>
internal sealed record CloudContext(CloudState State, IHostRuntime Runtime, ModelCatalog Catalog, CloudOptions Options,
    VirtualNetwork VirtualNetwork)
{
    public CancellationToken Cancel => Options.Cancel;

    /// <summary>Resources of a type that exist or are being created.</summary>
    public IEnumerable<CloudResource> All(string type) => State.Resources.Where(resource => resource.Type == type);

    /// <summary>Whether another resource of its type has its name.</summary>
    public bool IsNameTaken(CloudResource resource) =>
        Options.Account?.HoldsName(resource.Type, resource.CloudName) == true ||
        All(resource.Type).Any(other => other.Order != resource.Order
            && string.Equals(other.CloudName, resource.CloudName, StringComparison.OrdinalIgnoreCase));
}
