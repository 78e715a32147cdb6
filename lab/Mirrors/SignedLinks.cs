using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.Mirrors;

/// <summary>Signatures of storage addresses and tokens, which one site issues for another. Valid for one run of the server.</summary>
internal sealed class SignedLinks(TimeProvider clock)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Expiry time (Unix seconds) and signature for <paramref name="what"/>.</summary>
    public (string Expires, string Signature) Sign(string what, TimeSpan life)
    {
        var expires = clock.GetUtcNow().Add(life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return (expires, Signature(what, expires));
    }

    /// <summary>Whether the signature is valid and not expired.</summary>
    public bool Holds(string what, string expires, string signature) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Signature(what, expires)), Encoding.ASCII.GetBytes(signature))
        && clock.GetUtcNow().ToUnixTimeSeconds() < long.Parse(expires, CultureInfo.InvariantCulture);

    private string Signature(string what, string expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{expires}\n{what}")));
}
