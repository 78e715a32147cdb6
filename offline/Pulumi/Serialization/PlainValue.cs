using System.Collections;
using System.Collections.Immutable;
using System.Reflection;

namespace Pulumi.Serialization;

/// <summary>
/// Turns arguments and states into what a provider would see: null, bool, double, string, assets, <c>ImmutableArray&lt;object?&gt;</c> and
/// <c>ImmutableDictionary&lt;string, object?&gt;</c>. What is unknown or secret inside makes the whole so.
/// </summary>
internal static class PlainValue
{
    /// <summary>The engine's placeholder for a value that is not known yet.</summary>
    public const string UnknownSentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

    public static async Task<OutputData<object?>> OfAsync(object? value)
    {
        var sum = new OutputDataSum();
        return sum.Of(await AddAsync(sum, value, "value").ConfigureAwait(false));
    }

    /// <summary>Each property on its own: an unknown or secret one says nothing about the others. Absent values are left out.</summary>
    /// <exception cref="InvalidOperationException">A value failed: its property and the message, as in the official SDK.</exception>
    public static async Task<Dictionary<string, OutputData<object?>>> PropertiesAsync(IEnumerable<KeyValuePair<string, object?>> properties)
    {
        var result = new Dictionary<string, OutputData<object?>>();
        foreach (var (name, value) in properties)
        {
            var sum = new OutputDataSum();
            OutputData<object?> data;
            try
            {
                data = sum.Of(await AddAsync(sum, value, name).ConfigureAwait(false));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"error serializing property \"{name}\": {exception.Message}", exception);
            }

            if (data.Value is not null || !data.IsKnown)
            {
                result.Add(name, data);
            }
        }

        return result;
    }

    /// <summary>The properties of an object that stands for several: a dictionary, arguments, or an output type.</summary>
    public static IEnumerable<KeyValuePair<string, object?>> MembersOf(object state) => state switch
    {
        IDictionary<string, object?> members => members,
        InputArgs args => args.Values(),
        _ when state.GetType().IsDefined(typeof(OutputTypeAttribute)) => FieldsOf(state),
        _ => throw new InvalidOperationException($"{state.GetType().FullName} is not a supported argument type"),
    };

    private static ValueTask<object?> AddAsync(OutputDataSum sum, object? value, string path) => value switch
    {
        UnknownSentinel => new(sum.Add(OutputData<object?>.Unknown)),
        null or bool or double or string => new(value),
        int number => new((double)number),
        Task => throw new InvalidOperationException(
            $"Tasks are not allowed inside ResourceArgs. Please wrap your Task in an Output:\n\t{path}"),
        IInput input => AddOutputAsync(sum, input.ToOutput(), path),
        IOutput output => AddOutputAsync(sum, output, path),
        IUnion union => AddAsync(sum, union.Value, path),
        InputArgs args => AddMembersAsync(sum, args.Values(), path),
        IDictionary dictionary => AddMembersAsync(sum, EntriesOf(dictionary, path), path),
        IList list => AddItemsAsync(sum, list, path),
        _ when value.GetType().IsDefined(typeof(EnumTypeAttribute)) => new(value.ToString()),
        _ when value.GetType().IsDefined(typeof(OutputTypeAttribute)) => AddMembersAsync(sum, FieldsOf(value), path),
        _ => throw new InvalidOperationException($"{value.GetType().FullName} is not a supported argument type.\n\t{path}"),
    };

    private static async ValueTask<object?> AddOutputAsync(OutputDataSum sum, IOutput output, string path)
    {
        var data = await output.GetDataAsync().ConfigureAwait(false);
        sum.Add(data);
        return data.IsKnown ? await AddAsync(sum, data.Value, path).ConfigureAwait(false) : null;
    }

    private static async ValueTask<object?> AddMembersAsync(
        OutputDataSum sum, IEnumerable<KeyValuePair<string, object?>> members, string path)
    {
        var result = ImmutableDictionary.CreateBuilder<string, object?>();
        foreach (var (name, member) in members)
        {
            // The engine keeps names that begin so to itself.
            if (!name.StartsWith("__", StringComparison.Ordinal) &&
                await AddAsync(sum, member, $"{path}.{name}").ConfigureAwait(false) is { } value)
            {
                result.Add(name, value);
            }
        }

        return result.ToImmutable();
    }

    private static IEnumerable<KeyValuePair<string, object?>> EntriesOf(IDictionary dictionary, string path)
    {
        foreach (DictionaryEntry entry in dictionary)
        {
            yield return new(
                entry.Key as string ?? throw new InvalidOperationException($"Dictionaries are only supported with string keys:\n\t{path}"),
                entry.Value);
        }
    }

    private static async ValueTask<object?> AddItemsAsync(OutputDataSum sum, IList items, string path)
    {
        // A default ImmutableArray has no count; it comes from a list that a provider left out.
        if (items.GetType().IsValueType && items.Equals(Activator.CreateInstance(items.GetType())))
        {
            return ImmutableArray<object?>.Empty;
        }

        var result = ImmutableArray.CreateBuilder<object?>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            result.Add(await AddAsync(sum, items[i], $"{path}[{i}]").ConfigureAwait(false));
        }

        return result.MoveToImmutable();
    }

    private static IEnumerable<KeyValuePair<string, object?>> FieldsOf(object value) =>
        value.GetType().GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(field => field.IsInitOnly)
            .Select(field => KeyValuePair.Create(char.ToLowerInvariant(field.Name[0]) + field.Name[1..], field.GetValue(value)));
}
