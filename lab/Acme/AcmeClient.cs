using System.Globalization;
using Infra.Lab.DigitalOcean.Certificates;
using Infra.Lab.Linux;

namespace Infra.Lab.Acme;

/// <summary>Debian's <c>lego</c>, an ACME client. Each order has a folder and an ACME account of its own.</summary>
internal static class AcmeClient
{
    private const string Contact = "certificates@lab.internal";
    private const int MostReasonLines = 5;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Orders a certificate.</summary>
    /// <param name="server">The running authority.</param>
    /// <param name="names">Host names. The first becomes the common name.</param>
    /// <param name="proof">Publishes what the authority asks for.</param>
    /// <param name="folder">Where its own folder is, as long as the order lasts.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The certificate with what is above it, but for the root; and its private key.</returns>
    /// <exception cref="CertificateException">It was refused.</exception>
    /// <exception cref="ProgramException">The program is missing.</exception>
    public static async Task<(string ChainPem, string KeyPem)> OrderAsync(
        Pebble server, IReadOnlyList<string> names, IDomainProof proof, string folder, CancellationToken cancel)
    {
        await using var endpoint = await ChallengeEndpoint.StartAsync(proof, cancel);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(s_patience);
        var own = Path.Combine(folder, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(own, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            var answer = await HostProgram.AskAsync(
                "lego", Arguments(server, names, own), null, Environment(server, endpoint), limit.Token);
            if (answer.Status != 0)
            {
                throw new CertificateException(Reason(answer));
            }
            var certificate = Directory.EnumerateFiles(Path.Combine(own, "certificates"), "*.crt")
                .Single(file => !file.EndsWith(".issuer.crt", StringComparison.Ordinal));
            return (File.ReadAllText(certificate), File.ReadAllText(Path.ChangeExtension(certificate, ".key")));
        }
        catch (OperationCanceledException exception) when (!cancel.IsCancellationRequested)
        {
            throw new CertificateException(
                string.Create(CultureInfo.InvariantCulture, $"the order did not end in {s_patience.TotalSeconds} seconds"), exception);
        }
        finally
        {
            Directory.Delete(own, recursive: true);
        }
    }

    private static string[] Arguments(Pebble server, IReadOnlyList<string> names, string folder) =>
    [
        "--accept-tos", "--email", Contact, "--server", server.Directory.ToString(), "--path", folder, "--key-type", "ec256",
        // The account's name servers are one: no other has to follow.
        "--dns", "httpreq", "--dns.resolvers", server.Resolver.ToString(), "--dns.disable-cp",
        .. names.SelectMany(name => new[] { "--domains", name }), "run",
    ];

    private static Dictionary<string, string> Environment(Pebble server, ChallengeEndpoint endpoint) => new(StringComparer.Ordinal)
    {
        ["LEGO_CA_CERTIFICATES"] = server.CertificateFile,
        // A wildcard of the zone is no alias for its challenges: the record itself comes before it.
        ["LEGO_DISABLE_CNAME_SUPPORT"] = "true",
        ["HTTPREQ_ENDPOINT"] = endpoint.Address.ToString(),
        // A record is there when the answer is.
        ["HTTPREQ_POLLING_INTERVAL"] = "0",
        ["HTTPREQ_PROPAGATION_TIMEOUT"] = "2",
    };

    /// <summary>The end of what it says, without the times.</summary>
    private static string Reason(ProgramAnswer answer)
    {
        var lines = answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.Contains("[INFO]", StringComparison.Ordinal)).ToList();
        return lines.Count == 0 ? $"lego ended with {answer.Status}" : string.Join(' ', lines.TakeLast(MostReasonLines));
    }
}
