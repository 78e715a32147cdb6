using System.Collections.Concurrent;
using Infra.Lab.Cloud.Resources;

namespace Infra.Lab.Cloud.Api;

/// <summary>Something that the account has, and until when it is not what it is going to be.</summary>
/// <param name="Type">Type token.</param>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="CloudName">Its name in the account.</param>
/// <param name="VpcId">The VPC that it is a member of; null for what is in none.</param>
/// <param name="ReadyAt">From when on it is ready.</param>
/// <param name="Fails">Whether it is in error then, and not ready.</param>
/// <param name="GoneAt">From when on it is gone; null while nobody has deleted it.</param>
internal sealed record ApiObject(
    string Type, string Id, string Name, string CloudName, string? VpcId, DateTimeOffset ReadyAt, bool Fails, DateTimeOffset? GoneAt = null)
{
    public bool Is(string type, string name) => Type == type && Name == name;
}

/// <summary>
/// What DigitalOcean has, whatever an engine believes: it outlives runs, and things in it take their time. Time is the clock's, which a
/// test lets jump. Rules on what may be are with the kinds of resources; how a provider waits and what it then says is not its business.
/// </summary>
internal sealed class ApiAccount(TimeProvider clock, params CloudFault[] faults)
{
    private readonly ConcurrentDictionary<(string Type, string Id), ApiObject> _objects = new();
    private readonly ConcurrentDictionary<(string Type, string CloudName), DateTimeOffset> _heldNames = new();
    private readonly ConcurrentDictionary<CloudFault, bool> _open = new(faults.ToDictionary(fault => fault, _ => true));

    public TimeProvider Clock => clock;

    /// <summary>What is there now.</summary>
    public IReadOnlyList<ApiObject> Objects => [.. _objects.Values.Where(IsThere).OrderBy(known => known.Type, StringComparer.Ordinal).ThenBy(known => known.Id, StringComparer.Ordinal)];

    public ApiObject? Find(string type, string id) => _objects.TryGetValue((type, id), out var known) && IsThere(known) ? known : null;

    /// <summary>Whether somebody who is not in any state has the name, or had it until a moment ago.</summary>
    public bool HoldsName(string type, string cloudName) =>
        _heldNames.TryGetValue((type, cloudName), out var until) && clock.GetUtcNow() < until;

    public bool HasMembers(string vpcId) => Objects.Any(known => known.VpcId == vpcId);

    public bool IsReady(ApiObject known) => clock.GetUtcNow() >= known.ReadyAt;

    /// <summary>Takes note of what was made.</summary>
    public ApiObject Add(CloudResource resource)
    {
        var failed = Take(FaultKind.FailedCreation, resource);
        var slow = failed ?? Take(FaultKind.SlowCreation, resource);
        return _objects[(resource.Type, resource.Id!)] = new(
            resource.Type, resource.Id!, resource.Name, resource.CloudName, resource.Inputs.TextOrNull("vpcUuid"), clock.GetUtcNow() + (slow?.For ?? TimeSpan.Zero), failed is not null);
    }

    /// <summary>Says yes to a deletion; it may take a while.</summary>
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

    /// <summary>What somebody does in the control panel.</summary>
    public void DeleteByHand(string type, string id) => Assert(_objects.TryRemove((type, id), out _), type, id);

    /// <summary>The fault of that kind which waits for the resource, if any: it is over with that.</summary>
    public CloudFault? Take(FaultKind kind, CloudResource resource) =>
        _open.Keys.FirstOrDefault(fault => fault.Kind == kind && resource.Is(fault.Type, fault.Name)) is { } found && _open.TryRemove(found, out _) ? found : null;

    private bool IsThere(ApiObject known) => known.GoneAt is not { } gone || clock.GetUtcNow() < gone;

    private static void Assert(bool found, string type, string id)
    {
        if (!found)
        {
            throw new InvalidOperationException($"there is no {type} {id}");
        }
    }
}
