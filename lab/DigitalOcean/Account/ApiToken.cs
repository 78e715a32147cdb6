using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>A token of the account. Only its digest is stored.</summary>
/// <param name="Digest">SHA-256 of the token, hexadecimal.</param>
/// <param name="Name">Its name.</param>
/// <param name="Scopes">What it may do, as <c>droplet:create</c>; empty: all.</param>
internal sealed record ApiToken(string Digest, string Name, ImmutableArray<string> Scopes) : IRecord
{
    /// <summary>What DigitalOcean's personal access tokens begin with.</summary>
    private const string Prefix = "dop_v1_";

    public string Key => Digest;

    public static string KeyOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    public bool Allows(string scope) => Scopes.IsEmpty || Scopes.Contains(scope, StringComparer.Ordinal);

    /// <summary>Records a new token.</summary>
    /// <returns>The token, which is known only now.</returns>
    public static string Create(AccountChange change, string name, ImmutableArray<string> scopes)
    {
        var token = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        change.Put(new ApiToken(KeyOf(token), name, scopes));
        return token;
    }
}
