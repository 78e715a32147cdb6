using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.Mirrors.Content;

/// <summary>
/// Deterministic bytes that do not compress: SplitMix64 (Steele, Lea, Flood, 2014) is counter-based, so any part can be generated first.
/// </summary>
internal static class Noise
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>Derives a seed from a name.</summary>
    public static ulong Seed(string name) => MemoryMarshal.Read<ulong>(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Fills with the bytes from <paramref name="offset"/>, a multiple of 8.</summary>
    public static void Fill(Span<byte> bytes, ulong seed, long offset)
    {
        var state = seed + ((ulong)(offset / 8) * Step);
        var whole = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (var i = 0; i < whole.Length; i++)
        {
            whole[i] = Mix(state += Step);
        }

        Span<byte> last = stackalloc byte[8];
        MemoryMarshal.Write(last, Mix(state + Step));
        last[..(bytes.Length % 8)].CopyTo(bytes[(whole.Length * 8)..]);
    }

    /// <summary>Writes a number of noise bytes.</summary>
    public static void Write(Stream into, ulong seed, long length)
    {
        var block = new byte[1 << 20];
        for (long offset = 0; offset < length; offset += block.Length)
        {
            var part = block.AsSpan(0, (int)Math.Min(block.Length, length - offset));
            Fill(part, seed, offset);
            into.Write(part);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
