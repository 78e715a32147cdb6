namespace Infra.Planning.Plan;

/// <summary>The domain of a public endpoint.</summary>
/// <param name="Name">Host name: <c>llm.example.com</c>.</param>
/// <param name="Zone">Existing zone at DigitalOcean for it: <c>example.com</c>.</param>
public sealed record EndpointDomain(string Name, string Zone)
{
    /// <summary>Name of the record in the zone; <c>@</c> for the zone itself.</summary>
    public string Record => Name == Zone ? "@" : Name[..^(Zone.Length + 1)];
}
