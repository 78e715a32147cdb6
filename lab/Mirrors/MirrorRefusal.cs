using System.Collections.Frozen;

namespace Infra.Lab.Mirrors;

/// <summary>The hosts of a mirror.</summary>
internal enum MirrorPart
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>The host that clients contact first: listings, manifests, the index.</summary>
    Front,

    /// <summary>The host of large files.</summary>
    Cdn,
}

/// <summary>Refused requests, and how.</summary>
internal sealed record MirrorRefusal
{
    /// <summary>An HTML page instead of the content, with this status.</summary>
    public const int Page = 200;

    /// <summary>Used in turn: 400 to 599, or 200 for an HTML page.</summary>
    public required IReadOnlyList<int> Statuses { get; init; }

    public MirrorPart At { get; init; }

    /// <summary>Number of responses; null: all.</summary>
    public int? Times { get; init; }

    /// <summary>Share of the responses, at random; null: all.</summary>
    public double? Rate { get; init; }

    /// <summary>Random seed: the same seed selects the same responses.</summary>
    public int Seed { get; init; }

    /// <summary>Headers of the response: <c>Retry-After</c>, <c>RateLimit</c>, <c>X-Error-Code</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Time of the request: a new time restarts the count.</summary>
    public DateTimeOffset? Asked { get; init; }

    /// <summary>All responses, with this status.</summary>
    public static implicit operator MirrorRefusal(int status) => new() { Statuses = [status] };

    /// <summary>The error of a value, with its name; null: none.</summary>
    public string? Problem() =>
        Statuses.Count == 0 || Statuses.Any(status => status is not (Page or (>= 400 and <= 599)))
            ? "refuse must be statuses between 400 and 599, or 200 for a page of HTML"
        : Times is < 0 ? "times must be at least 0"
        : Rate is not (null or (>= 0 and <= 1)) ? "rate must be a share between 0 and 1"
        : null;

    // Records compare lists by reference, but the control file is parsed again.
    public bool Equals(MirrorRefusal? other) =>
        other is not null && Statuses.SequenceEqual(other.Statuses)
        && (At, Times, Rate, Seed, Asked) == (other.At, other.Times, other.Rate, other.Seed, other.Asked)
        && Headers.Count == other.Headers.Count
        && Headers.All(header => other.Headers.TryGetValue(header.Key, out var value) && value == header.Value);

    public override int GetHashCode() => HashCode.Combine(Statuses.Count, At, Times, Rate, Seed, Asked, Headers.Count);
}
