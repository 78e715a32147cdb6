using System.Globalization;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Keys;

/// <summary>An SSH key of the account.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Need not be unique.</param>
/// <param name="PublicKey">The line as it was given.</param>
/// <param name="Fingerprint">MD5 of the key: <c>3b:16:bf:...</c>.</param>
internal sealed record SshKey(long Id, string Name, string PublicKey, string Fingerprint) : IRecord
{
    public string Key => Id.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The members of a request that adds or renames a key.</summary>
internal sealed record SshKeyRequest(string? Name = null, string? PublicKey = null);
