using System.Collections.Concurrent;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Api;

/// <summary>A resource in the account, with the time of its next state.</summary>
/// <param name="Type">Type token.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="CloudName">Its name in the account.</param>
/// <param name="VpcId">Its VPC; null for resources outside a VPC.</param>
/// <param name="ReadyAt">When it becomes ready.</param>
/// <param name="Fails">Whether it then has an error instead.</param>
/// <param name="GoneAt">When it is gone; null while it is not deleted.</param>
internal sealed record ApiObject(
    string Type, string Id, string Name, string CloudName, string? VpcId, DateTimeOffset ReadyAt, bool Fails, DateTimeOffset? GoneAt = null)
{
    public bool Is(string type, string name) => Type == type && Name == name;
}

/// <summary>
/// The resources at DigitalOcean, independent of an engine's state: they outlive runs, and their changes take time. Uses a clock that tests
/// can advance. The resource kinds have the rules; waiting and messages belong to the provider.
/// </summary>
internal sealed class ApiAccount(TimeProvider clock, params CloudFault[] faults)
{
    private readonly ConcurrentDictionary<(string Type, string Id), ApiObject> _objects = new();
    private readonly ConcurrentDictionary<(string Type, string CloudName), DateTimeOffset> _heldNames = new();
    private readonly ConcurrentDictionary<CloudFault, bool> _open = new(faults.ToDictionary(fault => fault, _ => true));

    public TimeProvider Clock => clock;

    /// <summary>The current resources.</summary>
    public IReadOnlyList<ApiObject> Objects => [.. _objects.Values.Where(IsThere).OrderBy(known => known.Type, StringComparer.Ordinal)
        .ThenBy(known => known.Id, StringComparer.Ordinal)];

    public ApiObject? Find(string type, string id) => _objects.TryGetValue((type, id), out var known) && IsThere(known) ? known : null;

    /// <summary>Whether a resource outside of any state has the name, or had it until recently.</summary>
    public bool HoldsName(string type, string cloudName) =>
        _heldNames.TryGetValue((type, cloudName), out var until) && clock.GetUtcNow() < until;

    public bool HasMembers(string vpcId) => Objects.Any(known => known.VpcId == vpcId);

    public bool IsReady(ApiObject known) => clock.GetUtcNow() >= known.ReadyAt;

    /// <summary>Records a new resource.</summary>
    public ApiObject Add(CloudResource resource)
    {
        var failed = Take(FaultKind.FailedCreation, resource);
        var slow = failed ?? Take(FaultKind.SlowCreation, resource);
        return _objects[(resource.Type, resource.Id!)] = new(
            resource.Type, resource.Id!, resource.Name, resource.CloudName, resource.Inputs.TextOrNull("vpcUuid"),
            clock.GetUtcNow() + (slow?.For ?? TimeSpan.Zero), failed is not null);
    }

    /// <summary>Accepts a deletion, which may take a while.</summary>
    public void Delete(CloudResource resource)
    {
        if (!_objects.TryGetValue((resource.Type, resource.Id!), out var known))
        {
            return;
        }
        var gone = clock.GetUtcNow() + (Take(FaultKind.SlowDeletion, resource)?.For ?? TimeSpan.Zero);
        _objects[(resource.Type, resource.Id!)] = known with { GoneAt = gone };
        if (Take(FaultKind.NameHeld, resource) is { } held)
        {
            _heldNames[(resource.Type, resource.CloudName)] = gone + held.For;
        }
    }

    /// <summary>A change in the control panel.</summary>
    public void DeleteByHand(string type, string id) => Assert(_objects.TryRemove((type, id), out _), type, id);

    /// <summary>The pending fault of that kind for the resource, if any; it is then used up.</summary>
    public CloudFault? Take(FaultKind kind, CloudResource resource) =>
        _open.Keys.FirstOrDefault(fault => fault.Kind == kind
            && resource.Is(fault.Type, fault.Name)) is { } found && _open.TryRemove(found, out _) ? found : null;

    private bool IsThere(ApiObject known) => known.GoneAt is not { } gone || clock.GetUtcNow() < gone;

    private static void Assert(bool found, string type, string id)
    {
        if (!found)
        {
            throw new InvalidOperationException($"there is no {type} {id}");
        }
    }
}
