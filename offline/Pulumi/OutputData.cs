using System.Collections.Immutable;

namespace Pulumi;

/// <summary>
/// The content of an output: a value, whether it is known yet, whether it is secret, and the resources that it comes from.
/// </summary>
/// <remarks>A class, because the runtime compiles code over structs again for each of them, and most of a preview is compilation.</remarks>
internal sealed record OutputData<T>(T Value, bool IsKnown, bool IsSecret, ImmutableHashSet<Resource> Resources)
{
    public static OutputData<T> Known(T value) => new(value, IsKnown: true, IsSecret: false, ImmutableHashSet<Resource>.Empty);

    public static OutputData<T> Unknown { get; } = new(default!, IsKnown: false, IsSecret: false, ImmutableHashSet<Resource>.Empty);

    /// <summary>Carries another value, with everything else that this one and <paramref name="inner"/> say about themselves.</summary>
    public OutputData<TResult> Then<TResult>(OutputData<TResult> inner) =>
        new(inner.Value, IsKnown && inner.IsKnown, IsSecret || inner.IsSecret, OutputDataSum.Union(Resources, inner.Resources));

    public OutputData<object?> Boxed => this as OutputData<object?> ?? new(Value, IsKnown, IsSecret, Resources);
}

/// <summary>Adds up what several outputs say about themselves.</summary>
internal sealed class OutputDataSum
{
    private bool _isKnown = true;
    private bool _isSecret;
    private ImmutableHashSet<Resource> _resources = ImmutableHashSet<Resource>.Empty;

    /// <summary>Counts <paramref name="data"/> in and hands back its value, which is a default when it is unknown.</summary>
    public T Add<T>(OutputData<T> data)
    {
        _isKnown &= data.IsKnown;
        _isSecret |= data.IsSecret;
        _resources = Union(_resources, data.Resources);
        return data.Value;
    }

    public async Task<T> AddAsync<T>(Input<T> input) => Add(await ((Output<T>)input).Data.ConfigureAwait(false));

    /// <summary>The union of two sets of which one is mostly empty.</summary>
    public static ImmutableHashSet<Resource> Union(ImmutableHashSet<Resource> first, ImmutableHashSet<Resource> second) =>
        first.IsEmpty ? second : second.IsEmpty || ReferenceEquals(first, second) ? first : first.Union(second);

    public OutputData<T> Of<T>(T value) => new(value, _isKnown, _isSecret, _resources);
}
