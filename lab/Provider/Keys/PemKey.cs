using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Keys;

/// <summary>A private key that can sign certificates.</summary>
internal sealed class PemKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private PemKey(AsymmetricAlgorithm key, string algorithm, PublicKey publicKey, X509SignatureGenerator signer)
    {
        _key = key;
        Algorithm = algorithm;
        Public = publicKey;
        Signer = signer;
    }

    /// <summary><c>ECDSA</c> or <c>RSA</c>.</summary>
    public string Algorithm { get; }
    public PublicKey Public { get; }
    public X509SignatureGenerator Signer { get; }

    public static PemKey Read(string pem)
    {
        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportFromPem(pem);
            return new(ecdsa, "ECDSA", new PublicKey(ecdsa), X509SignatureGenerator.CreateForECDsa(ecdsa));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            ecdsa.Dispose();
        }
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new(rsa, "RSA", new PublicKey(rsa), X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            rsa.Dispose();
            throw new ProviderException("the local cloud only supports certificates for ECDSA and RSA keys in PEM");
        }
    }

    public void Dispose() => _key.Dispose();
}
