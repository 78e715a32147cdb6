using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Infra.Lab.DigitalOcean.Keys;

/// <summary>
/// Computes Ed25519 public keys (RFC 8032, 5.1.5), which .NET does not support. Not constant-time: only for keys of machines that no one
/// else can measure.
/// </summary>
internal static class Ed25519
{
    public const int SeedLength = 32;

    private static readonly BigInteger s_prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger s_d = Number("37095705934669439343138083508754565189542113879843219016388785533085940283555");
    private static readonly Point s_base = Point.At(
        Number("15112221349535400772501151409588531511454012693041857206046113283949847762202"),
        Number("46316835694926478169428394003475163141307993866256225615783033603165251855960"));

    /// <param name="seed">The private key, 32 bytes.</param>
    /// <returns>The public key, 32 bytes.</returns>
    public static byte[] PublicKey(ReadOnlySpan<byte> seed)
    {
        var hash = SHA512.HashData(seed)[..SeedLength];
        hash[0] &= 0xf8;
        hash[31] = (byte)((hash[31] & 0x7f) | 0x40);
        var scalar = new BigInteger(hash, isUnsigned: true);
        var sum = new Point(0, 1, 1, 0);
        for (var bit = 254; bit >= 0; bit--)
        {
            sum = sum.Plus(sum);
            if (!((scalar >> bit) & 1).IsZero)
            {
                sum = sum.Plus(s_base);
            }
        }
        var inverse = BigInteger.ModPow(sum.Z, s_prime - 2, s_prime);
        var x = sum.X * inverse % s_prime;
        var y = sum.Y * inverse % s_prime;
        var bytes = new byte[SeedLength];
        y.TryWriteBytes(bytes, out _, isUnsigned: true);
        bytes[31] |= (byte)(x.IsEven ? 0 : 0x80);
        return bytes;
    }

    private static BigInteger Number(string digits) => BigInteger.Parse(digits, CultureInfo.InvariantCulture);

    /// <summary>A point of the curve in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z.</summary>
    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T)
    {
        public static Point At(BigInteger x, BigInteger y) => new(x, y, 1, x * y % s_prime);

        public Point Plus(Point other)
        {
            var a = Mod((Y - X) * (other.Y - other.X));
            var b = Mod((Y + X) * (other.Y + other.X));
            var c = Mod(2 * T * other.T % s_prime * s_d);
            var d = Mod(2 * Z * other.Z);
            var (e, f, g, h) = (b - a, d - c, d + c, b + a);
            return new(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
        }

        private static BigInteger Mod(BigInteger value)
        {
            var rest = BigInteger.Remainder(value, s_prime);
            return rest.Sign < 0 ? rest + s_prime : rest;
        }
    }
}
