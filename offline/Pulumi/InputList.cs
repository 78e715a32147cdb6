using System.Collections;
using System.Collections.Immutable;

namespace Pulumi;

/// <summary>A list of inputs. It is enumerable for the sake of collection initializers only.</summary>
public sealed class InputList<T> : Input<ImmutableArray<T>>, IEnumerable
{
    private Output<ImmutableArray<Input<T>>> _elements;

    public InputList()
        : this(Output.Create(ImmutableArray<Input<T>>.Empty))
    {
    }

    private InputList(Output<ImmutableArray<Input<T>>> elements)
    {
        _elements = elements;
    }

    private protected override Output<ImmutableArray<T>> Value =>
        _elements.Apply(elements => elements.IsDefault ? Output.Create(default(ImmutableArray<T>)) : Output.All(elements));

    private protected override IOutput Content => _elements;

    public void Add(params Input<T>[] inputs) => AddRange(inputs);

    public void Add(InputList<T> inputs) => AddRange(inputs);

    public void AddRange(InputList<T> inputs) => _elements = Concat(inputs)._elements;

    /// <summary>A new list; this one stays as it is.</summary>
    public InputList<T> Concat(InputList<T> other)
    {
        return new(new Output<ImmutableArray<Input<T>>>(DataAsync(_elements.Data, other._elements.Data)));

        static async Task<OutputData<ImmutableArray<Input<T>>>> DataAsync(
            Task<OutputData<ImmutableArray<Input<T>>>> first, Task<OutputData<ImmutableArray<Input<T>>>> second)
        {
            var (head, tail) = (await first.ConfigureAwait(false), await second.ConfigureAwait(false));
            return head.Then(head.IsKnown && tail.IsKnown
                ? tail with { Value = head.Value.AddRange(tail.Value) }
                : tail with { IsKnown = false });
        }
    }

    /// <summary>A list with the same elements that does not grow with this one.</summary>
    internal InputList<T> Copy() => new(_elements);

    public static implicit operator InputList<T>(T value) => Of([value]);

    public static implicit operator InputList<T>(Output<T> value) => Of([value]);

    public static implicit operator InputList<T>(Input<T> value) => Of([value]);

    public static implicit operator InputList<T>(T[] values) => Of(values.Select(value => (Input<T>)value));

    public static implicit operator InputList<T>(Output<T>[] values) => Of(values.Select(value => (Input<T>)value));

    public static implicit operator InputList<T>(Input<T>[] values) => Of(values);

    public static implicit operator InputList<T>(List<T> values) => Of(values.Select(value => (Input<T>)value));

    public static implicit operator InputList<T>(List<Output<T>> values) => Of(values.Select(value => (Input<T>)value));

    public static implicit operator InputList<T>(List<Input<T>> values) => Of(values);

    public static implicit operator InputList<T>(ImmutableArray<T> values) =>
        new(Output.Create(values.IsDefault ? default : values.Select(value => (Input<T>)value).ToImmutableArray()));

    public static implicit operator InputList<T>(ImmutableArray<Output<T>> values) =>
        new(Output.Create(values.IsDefault ? default : values.Select(value => (Input<T>)value).ToImmutableArray()));

    public static implicit operator InputList<T>(ImmutableArray<Input<T>> values) => new(Output.Create(values));

    public static implicit operator InputList<T>(Output<T[]> values) => values.Apply(ImmutableArray.CreateRange);

    public static implicit operator InputList<T>(Output<List<T>> values) => values.Apply(ImmutableArray.CreateRange);

    public static implicit operator InputList<T>(Output<IEnumerable<T>> values) => values.Apply(ImmutableArray.CreateRange);

    public static implicit operator InputList<T>(Output<ImmutableArray<T>> values) =>
        new(values.Apply(items => items.IsDefault ? default : items.Select(item => (Input<T>)item).ToImmutableArray()));

    IEnumerator IEnumerable.GetEnumerator() =>
        throw new NotSupportedException($"A {GetType().FullName} cannot be enumerated: its elements may come later.");

    private static InputList<T> Of(IEnumerable<Input<T>> elements) => new(Output.Create(elements.ToImmutableArray()));
}
