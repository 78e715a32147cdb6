namespace Infra.Planning.Plan;

/// <summary>A domain of an endpoint that is open to the internet.</summary>
/// <param name="Name">Host name: <c>llm.example.com</c>.</param>
/// <param name="Zone">Zone at DigitalOcean that holds it, which must exist: <c>example.com</c>.</param>
public sealed record EndpointDomain(string Name, string Zone)
{
    /// <summary>Name of the record in the zone; <c>@</c> for the zone itself.</summary>
    public string Record => Name == Zone ? "@" : Name[..^(Zone.Length + 1)];
}
