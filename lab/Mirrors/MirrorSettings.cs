using System.Net;

namespace Infra.Lab.Mirrors;

/// <summary>How the mirrors run. The folder holds <c>hub/</c>, <c>registry/</c>, <c>python/</c> and <c>apt/</c>, as the content builders write them.</summary>
internal sealed record MirrorSettings
{
    /// <summary>Root of the content.</summary>
    public required string Folder { get; init; }

    /// <summary>Where to listen; at port 0 the kernel chooses.</summary>
    public IReadOnlyList<MirrorListener> Listeners { get; init; } =
    [
        new(IPAddress.Parse("198.51.100.1"), 80, Tls: false),
        new(IPAddress.Parse("198.51.100.1"), 443, Tls: true),
    ];

    /// <summary>Certificate of all host names and its chain, PEM; needed where a listener speaks TLS. Read again when it changes.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Private key of the certificate, PEM.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Folder of <c>CLIENT ADDRESS/KEY</c>: what <c>/metadata/v1/KEY</c> answers; null: nobody has metadata.</summary>
    public string? MetadataFolder { get; init; }

    /// <summary>A <see cref="MirrorControl"/> as JSON. Read again when it changes; where there is no such file, nothing is slow and nothing fails.</summary>
    public required string ControlFile { get; init; }

    /// <summary>One line of JSON for each request, see <see cref="RequestLine"/>; null: <c>requests.jsonl</c> in <see cref="Folder"/>.</summary>
    public string? LogFile { get; init; }

    /// <summary>Host names without port. Tests map loopback addresses; an answer that leads to another site names the first host of that site.</summary>
    public IReadOnlyDictionary<string, MirrorSite> Hosts { get; init; } = MirrorSites.RealNames;

    /// <summary>Hears of a control file that is wrong. Default: standard error.</summary>
    public Action<string> Complain { get; init; } = Console.Error.WriteLine;

    /// <summary>Rows of one page of the hub's listings: few, so that clients have to turn pages.</summary>
    public int HubPageRows { get; init; } = 10;
}

/// <param name="Address">Address to listen on.</param>
/// <param name="Port">TCP port; 0: any free one.</param>
/// <param name="Tls">Whether it speaks HTTPS.</param>
internal sealed record MirrorListener(IPAddress Address, int Port, bool Tls);
