using System.Security.Cryptography;

namespace Infra.Lab.Provider.Keys;

/// <summary>Public keys as in <c>authorized_keys</c>.</summary>
internal static class OpenSshPublicKey
{
    /// <summary>The key itself; null if the line is invalid.</summary>
    public static byte[]? Blob(string line)
    {
        if (line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is not [var type, var text, ..])
        {
            return null;
        }
        try
        {
            var blob = Convert.FromBase64String(text.Trim());
            var name = new SshWriter().Text(type).ToArray();
            return blob.Length > name.Length && blob.AsSpan().StartsWith(name) ? blob : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>As DigitalOcean shows it: <c>3b:16:bf:...</c>.</summary>
#pragma warning disable CA5351 // An identifier, not a security check.
    public static string Md5(byte[] blob) =>
        string.Join(':', MD5.HashData(blob).Select(part => part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
#pragma warning restore CA5351

    /// <summary>As OpenSSH shows it: <c>SHA256:...</c>.</summary>
    public static string Sha256(byte[] blob) => $"SHA256:{Convert.ToBase64String(SHA256.HashData(blob)).TrimEnd('=')}";
}
