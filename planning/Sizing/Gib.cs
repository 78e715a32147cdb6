namespace Infra.Planning.Sizing;

/// <summary>Bytes and GiB (2^30 bytes).</summary>
internal static class Gib
{
    public const double Bytes = 1024.0 * 1024.0 * 1024.0;

    public static double Of(double bytes) => bytes / Bytes;
}
