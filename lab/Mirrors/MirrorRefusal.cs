using System.Collections.Frozen;

namespace Infra.Lab.Mirrors;

/// <summary>Which of a mirror's hosts.</summary>
internal enum MirrorPart
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>The one that clients ask first: listings, manifests, the index.</summary>
    Front,

    /// <summary>The one that it sends them to for large files.</summary>
    Cdn,
}

/// <summary>Answers that are refused, and how.</summary>
internal sealed record MirrorRefusal
{
    /// <summary>A page of HTML in place of the content, with this status.</summary>
    public const int Page = 200;

    /// <summary>One after the other, and from the first again: 400 to 599, or 200 for a page of HTML.</summary>
    public required IReadOnlyList<int> Statuses { get; init; }

    public MirrorPart At { get; init; }

    /// <summary>How many answers, then none; null: all.</summary>
    public int? Times { get; init; }

    /// <summary>Share of the answers that are hit, by chance; null: each.</summary>
    public double? Rate { get; init; }

    /// <summary>Where chance begins: the same seed hits the same answers.</summary>
    public int Seed { get; init; }

    /// <summary>Headers of the refusals: <c>Retry-After</c>, <c>RateLimit</c>, <c>X-Error-Code</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>When: counting begins afresh when this record changes, so asking for the same once more needs another time.</summary>
    public DateTimeOffset? Asked { get; init; }

    /// <summary>Every answer, with this status.</summary>
    public static implicit operator MirrorRefusal(int status) => new() { Statuses = [status] };

    /// <summary>What is wrong with a value, by its name; null: nothing.</summary>
    public string? Mistake() =>
        Statuses.Count == 0 || Statuses.Any(status => status is not (Page or (>= 400 and <= 599)))
            ? "refuse must be statuses between 400 and 599, or 200 for a page of HTML"
        : Times is < 0 ? "times must be at least 0"
        : Rate is not (null or (>= 0 and <= 1)) ? "rate must be a share between 0 and 1"
        : null;

    // A record compares its lists by reference, and a control file that is read again makes others.
    public bool Equals(MirrorRefusal? other) =>
        other is not null && Statuses.SequenceEqual(other.Statuses)
        && (At, Times, Rate, Seed, Asked) == (other.At, other.Times, other.Rate, other.Seed, other.Asked)
        && Headers.Count == other.Headers.Count && Headers.All(header => other.Headers.TryGetValue(header.Key, out var value) && value == header.Value);

    public override int GetHashCode() => HashCode.Combine(Statuses.Count, At, Times, Rate, Seed, Asked, Headers.Count);
}
