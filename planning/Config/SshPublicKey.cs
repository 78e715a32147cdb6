using System.Buffers.Binary;
using System.Text;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>SSH public keys as a line of <c>authorized_keys</c> without options: type, base64, comment.</summary>
internal static class SshPublicKey
{
    public const string PrivateKeyProblem =
        "is a private key, which must not be in the configuration: use the .pub file next to it, and replace this key";

    private const int LeastRsaBits = 2048;

    private static readonly string[] s_types =
    [
        "ssh-ed25519", "sk-ssh-ed25519@openssh.com", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa",
    ];

    /// <summary>Whether a text is a private key, of any format.</summary>
    public static bool IsPrivate(string text) => SecretWords.Kind(text) == "a private key";

    /// <summary>The problem with the line, as the rest of a sentence; null if it is a key.</summary>
    public static string? WhyNot(string line)
    {
        if (IsPrivate(line))
        {
            return PrivateKeyProblem;
        }
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2 || !s_types.Contains(words[0], StringComparer.Ordinal))
        {
            return $"is not an SSH public key: type and base64 on one line, the type one of {string.Join(", ", s_types)}";
        }
        var blob = new byte[words[1].Length];
        if (!Convert.TryFromBase64String(words[1], blob, out var length)
            || !TryReadString(blob.AsSpan(0, length), out var type, out var rest)
            || Encoding.ASCII.GetString(type) != words[0]
            || rest.IsEmpty)
        {
            return $"is truncated or corrupt: its base64 does not hold an {words[0]} key";
        }
        if (words[0] == "ssh-rsa")
        {
            if (!TryReadString(rest, out _, out rest) || !TryReadString(rest, out var modulus, out _))
            {
                return "is truncated or corrupt: its base64 does not hold an ssh-rsa key";
            }
            var bits = modulus.TrimStart((byte)0).Length * 8;
            return bits < LeastRsaBits
                ? $"has {bits} bits; RSA keys need {LeastRsaBits} at least, and ed25519 is shorter and stronger"
                : null;
        }
        return words[0] == "ssh-ed25519" && (!TryReadString(rest, out var point, out var more) || point.Length != 32 || !more.IsEmpty)
            ? "is truncated or corrupt: its base64 does not hold an ssh-ed25519 key"
            : null;
    }

    /// <summary>Type and key only: what makes two lines the same key.</summary>
    public static string WithoutComment(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2));

    // RFC 4251, section 5: four bytes of length, big endian, then the bytes.
    private static bool TryReadString(ReadOnlySpan<byte> from, out ReadOnlySpan<byte> value, out ReadOnlySpan<byte> rest)
    {
        value = rest = default;
        if (from.Length < 4)
        {
            return false;
        }
        var length = BinaryPrimitives.ReadUInt32BigEndian(from);
        if (length > from.Length - 4)
        {
            return false;
        }
        value = from.Slice(4, (int)length);
        rest = from[(4 + (int)length)..];
        return true;
    }
}
