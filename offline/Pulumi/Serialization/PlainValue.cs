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
    /// <summary>What an engine sends in place of a value that it does not know yet.</summary>
    public const string UnknownSentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

    public static async Task<OutputData<object?>> OfAsync(object? value)
    {
        var sum = new OutputDataSum();
        return sum.Of(await AddAsync(sum, value, "value").ConfigureAwait(false));
    }

    /// <summary>Each property on its own: an unknown or secret one says nothing about the others. Absent values are left out.</summary>
    public static async Task<ImmutableDictionary<string, OutputData<object?>>> PropertiesAsync(ImmutableDictionary<string, object?> properties)
    {
        var result = ImmutableDictionary.CreateBuilder<string, OutputData<object?>>();
        foreach (var (name, value) in properties)
        {
            var sum = new OutputDataSum();
            var data = sum.Of(await AddAsync(sum, value, name).ConfigureAwait(false));
            if (data.Value is not null || !data.IsKnown)
            {
                result.Add(name, data);
            }
        }

        return result.ToImmutable();
    }

    /// <summary>The properties of an object that stands for several: a dictionary, arguments, or an output type.</summary>
    public static ImmutableDictionary<string, object?> MembersOf(object state) => state switch
    {
        ImmutableDictionary<string, object?> members => members,
        IDictionary<string, object?> members => members.ToImmutableDictionary(),
        InputArgs args => args.ToDictionary(),
        _ when state.GetType().IsDefined(typeof(OutputTypeAttribute)) => FieldsOf(state),
        _ => throw new InvalidOperationException($"{state.GetType().FullName} is not a supported argument type"),
    };

    private static async Task<object?> AddAsync(OutputDataSum sum, object? value, string path)
    {
        switch (value)
        {
            case UnknownSentinel:
                return sum.Add(OutputData<object?>.Unknown);
            case null or bool or double or string or AssetOrArchive:
                return value;
            case int number:
                return (double)number;
            case Task:
                throw new InvalidOperationException($"Tasks are not allowed inside ResourceArgs. Please wrap your Task in an Output:\n\t{path}");
            case IInput input:
                return await AddOutputAsync(sum, input.ToOutput(), path).ConfigureAwait(false);
            case IOutput output:
                return await AddOutputAsync(sum, output, path).ConfigureAwait(false);
            case IUnion union:
                return await AddAsync(sum, union.Value, path).ConfigureAwait(false);
            case InputArgs args:
                return await AddMembersAsync(sum, args.ToDictionary(), path).ConfigureAwait(false);
            case IDictionary dictionary:
                return await AddMembersAsync(sum, dictionary, path).ConfigureAwait(false);
            case IList list:
                return await AddItemsAsync(sum, list, path).ConfigureAwait(false);
        }

        var type = value.GetType();
        if (type.IsDefined(typeof(EnumTypeAttribute)))
        {
            return value.ToString();
        }

        return type.IsDefined(typeof(OutputTypeAttribute))
            ? await AddMembersAsync(sum, FieldsOf(value), path).ConfigureAwait(false)
            : throw new InvalidOperationException($"{type.FullName} is not a supported argument type.\n\t{path}");
    }

    private static async Task<object?> AddOutputAsync(OutputDataSum sum, IOutput output, string path)
    {
        var data = await output.GetDataAsync().ConfigureAwait(false);
        sum.Add(data);
        return data.IsKnown ? await AddAsync(sum, data.Value, path).ConfigureAwait(false) : null;
    }

    private static async Task<ImmutableDictionary<string, object?>> AddMembersAsync(OutputDataSum sum, IDictionary members, string path)
    {
        var result = ImmutableDictionary.CreateBuilder<string, object?>();
        foreach (DictionaryEntry member in members)
        {
            var name = member.Key as string
                ?? throw new InvalidOperationException($"Dictionaries are only supported with string keys:\n\t{path}");
            // The engine keeps names that begin so to itself.
            if (!name.StartsWith("__", StringComparison.Ordinal) &&
                await AddAsync(sum, member.Value, $"{path}.{name}").ConfigureAwait(false) is { } value)
            {
                result.Add(name, value);
            }
        }

        return result.ToImmutable();
    }

    private static async Task<object?> AddItemsAsync(OutputDataSum sum, IList items, string path)
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

    private static ImmutableDictionary<string, object?> FieldsOf(object value) =>
        value.GetType().GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)
            .Where(field => field.IsInitOnly)
            .ToImmutableDictionary(field => char.ToLowerInvariant(field.Name[0]) + field.Name[1..], field => field.GetValue(value));
}
