using System.Net;

namespace Infra.Lab.Mirrors;

/// <summary>
/// Settings of the mirrors. The folder has <c>hub/</c>, <c>registry/</c>, <c>python/</c> and <c>apt/</c>, as the content builders write
/// them.
/// </summary>
internal sealed record MirrorOptions
{
    /// <summary>Root of the content.</summary>
    public required string Folder { get; init; }

    /// <summary>Listening addresses; port 0: any free port.</summary>
    public IReadOnlyList<MirrorListener> Listeners { get; init; } =
    [
        new(IPAddress.Parse("198.51.100.1"), 80, Tls: false),
        new(IPAddress.Parse("198.51.100.1"), 443, Tls: true),
    ];

    /// <summary>Certificate of all host names with its chain, PEM; required for TLS. Reloaded when it changes.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Private key of the certificate, PEM.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Folder with <c>CLIENT ADDRESS/KEY</c> for <c>/metadata/v1/KEY</c>; null: no metadata.</summary>
    public string? MetadataFolder { get; init; }

    /// <summary>A <see cref="MirrorControl"/> as JSON. Reloaded when it changes; without the file there are no limits and faults.</summary>
    public required string ControlFile { get; init; }

    /// <summary>One JSON line per request, see <see cref="RequestLine"/>; null: <c>requests.jsonl</c> in <see cref="Folder"/>.</summary>
    public string? LogFile { get; init; }

    /// <summary>Host names without port. Tests map loopback addresses; links to another site use its first host.</summary>
    public IReadOnlyDictionary<string, MirrorSite> Hosts { get; init; } = MirrorSites.RealNames;

    /// <summary>Receives errors of the control file. Default: standard error.</summary>
    public Action<string> Complain { get; init; } = Console.Error.WriteLine;

    /// <summary>Rows per page of the hub's listings: few, so that clients must use several pages.</summary>
    public int HubPageRows { get; init; } = 10;
}

/// <param name="Address">Address to listen on.</param>
/// <param name="Port">TCP port; 0: any free one.</param>
/// <param name="Tls">Whether it speaks HTTPS.</param>
internal sealed record MirrorListener(IPAddress Address, int Port, bool Tls);
