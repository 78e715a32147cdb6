using System.Security.Cryptography.X509Certificates;
using Infra.Lab.DigitalOcean.Certificates;

namespace Infra.Lab.Acme;

/// <summary>
/// Issues by ACME, as Let's Encrypt does: <see cref="Pebble"/> asks the account's name servers for a proof, and signs. The lab's authority
/// signs pebble's intermediate, so that all that trust the lab trust the certificate: programs that run already, servers whose image is
/// older, and after pebble has gone with its keys (ADR 28).
/// </summary>
/// <param name="pebble">The authority; the first order starts it.</param>
/// <param name="lab">The lab's authority, with its private key.</param>
/// <param name="folder">Folder for files of orders.</param>
/// <param name="log">Receives why an order failed: the API does not say it.</param>
/// <param name="clock">The time.</param>
internal sealed class AcmeAuthority(Pebble pebble, X509Certificate2 lab, string folder, Action<string> log, TimeProvider clock)
    : ICertificateAuthority, IDisposable
{
    private const int MostOrders = 4;
    private const int LongestCommonName = 64;

    private readonly SemaphoreSlim _orders = new(MostOrders);

    public async Task<IssuedCertificate> IssueAsync(IReadOnlyList<string> names, IDomainProof proof, CancellationToken cancel)
    {
        await _orders.WaitAsync(cancel);
        try
        {
            await pebble.EnsureAsync(cancel);
            var (chain, key) = await AcmeClient.OrderAsync(
                pebble, [.. names.OrderBy(name => name.Length > LongestCommonName)], proof, folder, cancel);
            return Trusted(chain, key);
        }
        catch (Exception exception) when (!cancel.IsCancellationRequested)
        {
            log($"certificate for {string.Join(", ", names)}: {exception.Message}");
            throw;
        }
        finally
        {
            _orders.Release();
        }
    }

    public void Dispose() => _orders.Dispose();

    private IssuedCertificate Trusted(string chainPem, string keyPem)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(chainPem);
        if (chain.Count < 2)
        {
            throw new CertificateException("pebble issued a certificate without its intermediate");
        }
        using var signed = CrossSignature.Of(lab, chain[^1], clock.GetUtcNow());
        return CertificateFiles.Read(chain[0].ExportCertificatePem(), keyPem,
            string.Join('\n', chain.Skip(1).SkipLast(1).Append(signed).Select(each => each.ExportCertificatePem())));
    }
}
