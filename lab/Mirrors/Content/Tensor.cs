namespace Infra.Lab.Mirrors.Content;

/// <summary>A tensor of a weights file.</summary>
/// <param name="Name">Name in the format of the file.</param>
/// <param name="Type"><c>BF16</c>, <c>F8_E4M3</c>, <c>F32</c>, <c>U8</c>.</param>
/// <param name="Shape">Dimensions; empty: a scalar.</param>
internal sealed record Tensor(string Name, string Type, IReadOnlyList<long> Shape)
{
    /// <summary>Bytes of its data.</summary>
    public long Bytes
    {
        get
        {
            long bytes = SizeOf(Type);
            foreach (var side in Shape)
            {
                bytes *= side;
            }

            return bytes;
        }
    }

    /// <summary>Bytes of one slice of the first dimension.</summary>
    public long RowBytes => Shape.Count == 0 ? Bytes : Bytes / Shape[0];

    /// <summary>With every dimension shrunk by a factor, at least 1.</summary>
    public Tensor Shrunk(double share)
    {
        var sides = new long[Shape.Count];
        for (var i = 0; i < sides.Length; i++)
        {
            sides[i] = Math.Max(1, (long)(Shape[i] * share));
        }

        return this with { Shape = sides };
    }

    private static int SizeOf(string type) => type switch
    {
        "F32" => 4,
        "BF16" => 2,
        "F8_E4M3" or "U8" => 1,
        _ => throw new ArgumentException($"{type} is not a type of these files.", nameof(type)),
    };
}
