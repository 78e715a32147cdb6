using System.Globalization;

namespace Infra.Lab.Mirrors;

/// <summary>A byte range from a Range header.</summary>
/// <param name="First">First byte.</param>
/// <param name="Length">Length in bytes; 0: the range is not satisfiable (status 416).</param>
internal readonly record struct ByteRange(long First, long Length)
{
    /// <summary>
    /// Parses a header; null: the response is the whole file. That includes several ranges and other units, as RFC 9110 allows.
    /// </summary>
    public static ByteRange? Of(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || header.Contains(','))
        {
            return null;
        }

        var ends = header["bytes=".Length..].Trim().Split('-');
        if (ends.Length != 2)
        {
            return null;
        }

        var (first, last) = (Number(ends[0]), Number(ends[1]));
        return (ends[0], ends[1]) switch
        {
            ("", _) when last is { } count => count == 0 ? new(0, 0) : new(Math.Max(0, size - count), Math.Min(size, count)),
            (_, "") when first is { } from => from >= size ? new(0, 0) : new(from, size - from),
            _ when first is { } from && last is { } to && from <= to =>
                from >= size ? new(0, 0) : new(from, Math.Min(to, size - 1) - from + 1),
            _ => null,
        };
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
