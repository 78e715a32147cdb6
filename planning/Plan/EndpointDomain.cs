namespace Infra.Planning.Plan;

/// <summary>The domain of a public endpoint.</summary>
/// <param name="Name">Host name: <c>llm.example.com</c>.</param>
/// <param name="Zone">Existing zone at DigitalOcean for it: <c>example.com</c>.</param>
public sealed record EndpointDomain(string Name, string Zone)
{
    /// <summary>Second labels below which registries of countries sell domains: <c>co.uk</c>, <c>com.au</c>.</summary>
    private static readonly string[] s_registries = ["ac", "co", "com", "edu", "gob", "gov", "gouv", "ne", "net", "or", "org"];

    /// <summary>
    /// The zone of a domain: what is behind its first label; the domain itself if that is a top-level domain or a registry's.
    /// </summary>
    public static string ZoneOf(string domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var parent = domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return parent.Split('.') switch
        {
            [_] => domain,
            [var second, { Length: 2 }] when s_registries.Contains(second, StringComparer.Ordinal) => domain,
            _ => parent,
        };
    }

    /// <summary>Name of the record in the zone; <c>@</c> for the zone itself.</summary>
    public string Record => Name == Zone ? "@" : Name[..^(Zone.Length + 1)];
}
