using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>A zone that the account's name servers answer for.</summary>
/// <param name="Name">As <c>example.com</c>, in lower case.</param>
/// <param name="Ttl">Seconds for which its answers may be kept, unless a record has others.</param>
/// <param name="Serial">Serial number: the time of the last change, in seconds of Unix time.</param>
/// <param name="CreatedAt">Time of its creation.</param>
internal sealed record Domain(string Name, int Ttl, long Serial, DateTimeOffset CreatedAt) : IResource
{
    public string Key => Name;

    public string Urn => $"do:domain:{Name}";
}

/// <summary>A record of a zone. What its type does not have is null.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Domain">Name of the zone.</param>
/// <param name="Type"><c>A</c>, <c>AAAA</c>, <c>CAA</c>, <c>CNAME</c>, <c>MX</c>, <c>NS</c>, <c>SOA</c>, <c>SRV</c> or <c>TXT</c>.</param>
/// <param name="Name">Below the zone: <c>www</c>; the zone itself: <c>@</c>.</param>
/// <param name="Data">Address, text, or a host name without a dot at its end; <c>@</c> is the zone itself.</param>
/// <param name="Ttl">Seconds for which it may be kept.</param>
internal sealed record DnsRecord(long Id, string Domain, string Type, string Name, string Data, int Ttl) : IRecord
{
    /// <summary>Name of the zone itself.</summary>
    public const string Apex = "@";

    /// <summary>Of MX and SRV.</summary>
    public int? Priority { get; init; }

    /// <summary>Of SRV.</summary>
    public int? Port { get; init; }

    /// <summary>Of SRV.</summary>
    public int? Weight { get; init; }

    /// <summary>Of CAA.</summary>
    public int? Flags { get; init; }

    /// <summary>Of CAA.</summary>
    public string? Tag { get; init; }

    public string Key => Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary><c>www.example.com</c>, without a dot at its end.</summary>
    public string FullName => Name == Apex ? Domain : $"{Name}.{Domain}";

    /// <summary>The host name of <see cref="Data"/>, without a dot at its end.</summary>
    public string Target => Data == Apex ? Domain : Data;
}

/// <summary>The members of a request that creates a domain.</summary>
internal sealed record DomainRequest(string? Name = null, string? IpAddress = null);

/// <summary>The members of a request that creates or changes a record; null: not given.</summary>
internal sealed record DnsRecordRequest(
    string? Type = null, string? Name = null, string? Data = null, int? Priority = null, int? Port = null, int? Ttl = null,
    int? Weight = null, int? Flags = null, string? Tag = null);
