using System.Collections;
using System.Collections.Immutable;

namespace Pulumi;

/// <summary>A map of inputs by name. It is enumerable for the sake of collection initializers only.</summary>
public sealed class InputMap<TValue> : Input<ImmutableDictionary<string, TValue>>, IEnumerable
{
    private Output<ImmutableDictionary<string, Input<TValue>>> _elements;

    public InputMap()
        : this(Output.Create(ImmutableDictionary<string, Input<TValue>>.Empty))
    {
    }

    private InputMap(Output<ImmutableDictionary<string, Input<TValue>>> elements)
    {
        _elements = elements;
    }

    private protected override Output<ImmutableDictionary<string, TValue>> Value =>
        _elements.Apply(elements =>
            Output.All(elements.Select(element =>
                (Input<KeyValuePair<string, TValue>>)element.Value.Apply(value => KeyValuePair.Create(element.Key, value))))
                .Apply(pairs => pairs.ToImmutableDictionary()));

    private protected override IOutput Content => _elements;

    /// <summary>Sets a value once; another value for the same key fails the deployment.</summary>
    public Input<TValue> this[string key]
    {
        set => Add(key, value);
    }

    public void Add(string key, Input<TValue> value) =>
        _elements = _elements.Apply(elements =>
            elements.SetItem(key, elements.TryGetValue(key, out var present) ? Same(key, present, value) : value));

    public void Add(InputMap<TValue> values) => AddRange(values);

    public void AddRange(InputMap<TValue> values) =>
        _elements = Output.Tuple(_elements, values._elements).Apply(maps => maps.Item1.AddRange(maps.Item2));

    /// <summary>A new map; where both have a key, the second counts.</summary>
    public static InputMap<TValue> Merge(InputMap<TValue> first, InputMap<TValue> second) =>
        new(Output.Tuple(first._elements, second._elements).Apply(maps => maps.Item1.SetItems(maps.Item2)));

    public static implicit operator InputMap<TValue>(Dictionary<string, TValue> values) => Output.Create(values);

    public static implicit operator InputMap<TValue>(ImmutableDictionary<string, TValue> values) => Output.Create(values);

    public static implicit operator InputMap<TValue>(Output<Dictionary<string, TValue>> values) =>
        values.Apply(ImmutableDictionary.CreateRange);

    public static implicit operator InputMap<TValue>(Output<IDictionary<string, TValue>> values) =>
        values.Apply(ImmutableDictionary.CreateRange);

    public static implicit operator InputMap<TValue>(Output<ImmutableDictionary<string, TValue>> values) =>
        new(values.Apply(items => items.ToImmutableDictionary(item => item.Key, item => (Input<TValue>)item.Value)));

    IEnumerator IEnumerable.GetEnumerator() =>
        throw new NotSupportedException($"A {GetType().FullName} cannot be enumerated: its elements may come later.");

    private static Output<TValue> Same(string key, Input<TValue> present, Input<TValue> added) =>
        Output.Tuple(present, added).Apply(pair =>
            EqualityComparer<TValue>.Default.Equals(pair.Item1, pair.Item2)
                ? pair.Item1
                : throw new ArgumentException($"Key '{key}' already exists in the map with a different value."));
}
