using System.Collections.Immutable;
using Infra.Stacks;
using Pulumi;
using Pulumi.Utilities;

namespace Infra.Lab.Stacks;

/// <summary>The outputs of a running stack as plain values, including secrets.</summary>
internal sealed record StackOutputValues(IReadOnlyDictionary<string, object?> Values)
{
    public static readonly StackOutputValues None = new(ImmutableDictionary<string, object?>.Empty);

    public string Text(string output) => (string)Values[output]!;

    /// <summary>Outputs by endpoint name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Endpoints =>
        Members(StackOutputs.Endpoints).ToDictionary(entry => entry.Key, entry => AsMap(entry.Value), StringComparer.Ordinal);

    /// <summary>API keys by endpoint and client.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> ClientKeys => Members(StackOutputs.ClientKeys).ToDictionary(
        entry => entry.Key,
        entry => (IReadOnlyDictionary<string, string>)AsMap(entry.Value).ToDictionary(key => key.Key, key => (string)key.Value!,
            StringComparer.Ordinal),
        StringComparer.Ordinal);

    /// <summary>Phase timeline by node.</summary>
    public IReadOnlyDictionary<string, string> PhaseTimelines =>
        AsMap(Values[StackOutputs.BringUp]).ToDictionary(entry => entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);

    public static async Task<StackOutputValues> ReadAsync(IDictionary<string, object?> outputs)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, output) in outputs)
        {
            values[name] = await PlainAsync(output);
        }

        return new StackOutputValues(values);
    }

    private IReadOnlyDictionary<string, object?> Members(string output) => AsMap(Values[output]);

    private static async Task<object?> PlainAsync(object? value) =>
        value?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(Output<>)
        ? await ReadAsync((dynamic)value)
        : value;

    private static async Task<object?> ReadAsync<T>(Output<T> output) => await OutputUtilities.GetValueAsync(output);

    // The program's maps have values of different types: text, objects, or maps.
    private static IReadOnlyDictionary<string, object?> AsMap(object? value) => value switch
    {
        IEnumerable<KeyValuePair<string, object?>> objects =>
            objects.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal),
        IEnumerable<KeyValuePair<string, string>> texts =>
            texts.ToDictionary(entry => entry.Key, entry => (object?)entry.Value, StringComparer.Ordinal),
        _ => ImmutableDictionary<string, object?>.Empty,
    };
}
