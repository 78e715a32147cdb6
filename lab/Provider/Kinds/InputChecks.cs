using System.Globalization;
using System.Text.Json;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>
/// What a provider's <c>Check</c> finds wrong with the inputs of a resource, or of a block of them, in the words of Terraform's SDK and of
/// Pulumi's bridge: read from the plugins on 2026-11-30 (<c>provider-refusals.json</c> of the tests).
/// </summary>
internal sealed class InputChecks
{
    private readonly CloudResource _resource;
    private readonly PropertyMap _values;
    private readonly string _fields;
    private readonly Func<string, string> _place;

    private InputChecks(CloudResource resource, PropertyMap values, string fields, Func<string, string> place) =>
        (_resource, _values, _fields, _place) = (resource, values, fields, place);

    /// <summary>The inputs of a resource.</summary>
    public static InputChecks Of(CloudResource resource) => new(resource, resource.Inputs, "", input => input);

    /// <summary>The block that an input is; none without it.</summary>
    public IEnumerable<InputChecks> Block(string input) => _values.Map(input) is { } block
        ? [new(_resource, block, $"{Field(input)}.0.", inner => $"{input}.{inner}")] : [];

    /// <summary>The blocks of a list, which Terraform calls by one of them: <c>forwarding_rule</c>.</summary>
    public IEnumerable<InputChecks> Blocks(string input, string field) => _values.Maps(input).Select((block, index) =>
        new InputChecks(_resource, block, string.Create(CultureInfo.InvariantCulture, $"{field}.{index}."), _ => input));

    public void NotEmpty(params ReadOnlySpan<string> inputs)
    {
        foreach (var input in inputs)
        {
            if (_values.TextOrNull(input) is "")
            {
                throw Refused($"{Field(input)} must not be empty, got ", input);
            }
        }
    }

    public void OneOf(string input, params string[] allowed) => OneOf(StringComparer.Ordinal, input, allowed);

    /// <param name="comparer">Whether letters are the same, large or small.</param>
    /// <param name="input">The input.</param>
    /// <param name="allowed">The allowed values.</param>
    public void OneOf(StringComparer comparer, string input, params string[] allowed)
    {
        if (_values.TextOrNull(input) is { } value && !allowed.Contains(value, comparer))
        {
            throw Refused($"expected {Field(input)} to be one of {List(allowed)}, got {value}", input);
        }
    }

    public void InRange(string input, int least, int most)
    {
        if (_values.ContainsKey(input) && _values.Number(input) is var value && (value < least || value > most))
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture,
                $"expected {Field(input)} to be in the range ({least} - {most}), got {value}"), input);
        }
    }

    public void LengthInRange(string input, int least, int most)
    {
        if (_values.TextOrNull(input) is { } value && (value.Length < least || value.Length > most))
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture,
                $"expected length of {Field(input)} to be in the range ({least} - {most}), got {value}"), input);
        }
    }

    public void AtLeast(string input, int least)
    {
        if (_values.ContainsKey(input) && _values.Number(input) is var value && value < least)
        {
            throw Refused(
                string.Create(CultureInfo.InvariantCulture, $"expected {Field(input)} to be at least ({least}), got {value}"), input);
        }
    }

    /// <param name="input">The input that the message is about.</param>
    /// <param name="field">Its name in Terraform.</param>
    /// <param name="other">Another input, which excludes it.</param>
    /// <param name="otherField">The name of that in Terraform.</param>
    public void Conflict(string input, string field, string other, string otherField)
    {
        if (_values.ContainsKey(input) && _values.ContainsKey(other))
        {
            throw Refused($"Conflicting configuration arguments. \"{field}\": conflicts with {otherField}", input);
        }
    }

    public void Conflict(string input, string other) => Conflict(input, Field(input), other, Field(other));

    public void TagNames(string input) => TagNames(_values.Texts(input), input);

    public void TagNames(IEnumerable<string> names, string input)
    {
        if (!names.All(TagKind.IsName))
        {
            throw Refused(
                "tags may contain lowercase letters, numbers, colons, dashes, and underscores; there is a limit of 255 characters per tag",
                input);
        }
    }

    /// <summary>A value that is none of those that Terraform's newer framework allows.</summary>
    /// <param name="value">The value; null is allowed.</param>
    /// <param name="input">The input, with its index in a list: <c>allowedUses[0]</c>.</param>
    /// <param name="allowed">The allowed values.</param>
    public void Match(string? value, string input, params IReadOnlyList<string> allowed)
    {
        if (value is not null && !allowed.Contains(value, StringComparer.Ordinal))
        {
            throw Refused($"Invalid Attribute Value Match. Attribute {Field(input)} value must be one of: {List(allowed)}, got: "
                + $"\"{value}\"", input);
        }
    }

    /// <summary>The same for a number that is too small.</summary>
    public void LeastValue(string input, int least, string? what = null)
    {
        if (_values.ContainsKey(input) && _values.Number(input) is var value && value < least)
        {
            throw Refused(string.Create(CultureInfo.InvariantCulture,
                $"Invalid Attribute Value. Attribute {Field(input)} value must be at least {what ?? $"{least}"}, got: {value}"), input);
        }
    }

    /// <summary>The refusal of an input, as the engine reports it.</summary>
    public ProviderException Refused(string reason, string input) => new(
        $"{_resource.Type} resource '{_resource.Name}' has a problem: {reason}. Examine values at '{_resource.Name}.{_place(input)}'.");

    private string Field(string input) => $"{_fields}{JsonNamingPolicy.SnakeCaseLower.ConvertName(input)}";

    private static string List(IEnumerable<string> words) => $"[{string.Join(' ', words.Select(word => $"\"{word}\""))}]";
}
