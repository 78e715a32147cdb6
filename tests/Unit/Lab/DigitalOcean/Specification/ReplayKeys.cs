using System.Security.Cryptography;
using System.Text;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>Public SSH keys that nobody has a private key of.</summary>
internal static class ReplayKeys
{
    /// <summary>A new one: <c>ssh-ed25519 AAAA...</c>.</summary>
    public static string Next()
    {
        const string type = "ssh-ed25519";
        byte[] blob = [0, 0, 0, (byte)type.Length, .. Encoding.ASCII.GetBytes(type), 0, 0, 0, 32, .. RandomNumberGenerator.GetBytes(32)];
        return $"{type} {Convert.ToBase64String(blob)} replay@example.com";
    }
}
