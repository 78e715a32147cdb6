using System.Text.Json;
using Infra.Planning.Errors;

namespace Infra.Planning.Hub;

/// <summary>
/// An object of a file of a repository. The file comes from the internet, so every member may be absent or of another kind: what is wrong
/// is noted, and <see cref="Check"/> reports all of it in one message.
/// </summary>
internal sealed class HubJson
{
    private readonly JsonElement _object;
    private readonly List<string> _problems;
    private readonly string _path;

    private HubJson(string file, JsonElement value, List<string> problems, string path) =>
        (File, _object, _problems, _path) = (file, value, problems, path);

    /// <summary>Name of the file.</summary>
    public string File { get; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It is not a JSON object.</exception>
    public static HubJson Read(HubAddress address, string file, ReadOnlyMemory<byte> utf8) =>
        Parse(address, file, utf8) is { ValueKind: JsonValueKind.Object } value
            ? new(file, value, [], "")
            : throw HubRefusal.Of(address, $"has a {file} that is not a JSON object");

    /// <summary>The value of a file.</summary>
    /// <exception cref="ConfigurationException">It is not JSON.</exception>
    public static JsonElement Parse(HubAddress address, string file, ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Span.StartsWith("version https://git-lfs."u8))
        {
            throw HubRefusal.Of(address, $"has a {file} that is a pointer of Git LFS and not the file itself",
                "a mirror must serve the content of large files too; check the address of the hub: --hub");
        }

        try
        {
            using var document = JsonDocument.Parse(utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8);
            return document.RootElement.Clone();
        }
        catch (JsonException problem)
        {
            throw HubRefusal.Of(address, $"has a {file} that is not JSON: {JsonReason.Of(problem)}");
        }
    }

    /// <summary>Reports what was wrong so far.</summary>
    /// <exception cref="ConfigurationException">Something was.</exception>
    public void Check(HubAddress address)
    {
        if (_problems.Count > 0)
        {
            throw HubRefusal.Of(address, $"has a {File} that cannot be read: {string.Join("; ", _problems)}");
        }
    }

    public bool Has(string name) => Member(name) is not null;

    /// <summary>A nested object; null if it is absent or null.</summary>
    public HubJson? Object(string name)
    {
        if (Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new(File, value, _problems, $"{_path}{name}.");
        }

        Wrong(name, value, "an object");
        return null;
    }

    /// <summary>The members of an object that are objects.</summary>
    public IEnumerable<HubJson> Objects() => _object.EnumerateObject()
        .Where(member => member.Value.ValueKind == JsonValueKind.Object)
        .Select(member => new HubJson(File, member.Value, _problems, $"{_path}{member.Name}."));

    /// <summary>A positive whole number that must be there; 1 if it is not, which <see cref="Check"/> reports.</summary>
    public int Required(string name)
    {
        if (Member(name) is null)
        {
            _problems.Add($"{_path}{name} is missing");
        }

        return Whole(name) ?? 1;
    }

    /// <summary>A whole number of at least 0; null if it is absent or null.</summary>
    public int? Whole(string name)
    {
        if (Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var whole) && whole >= 0)
        {
            return whole;
        }

        Wrong(name, value, $"a whole number from 0 to {int.MaxValue}");
        return null;
    }

    public bool? Flag(string name)
    {
        if (Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Wrong(name, value, "true or false");
        return null;
    }

    /// <summary>A text; null if it is absent, null, or something else.</summary>
    public string? Text(string name) => Member(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The texts of a list, or a single one; empty if there is none.</summary>
    public IReadOnlyList<string> Texts(string name) => Member(name) switch
    {
        { ValueKind: JsonValueKind.Array } list =>
            [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)],
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        _ => [],
    };

    /// <summary>The whole numbers of a list; empty if there is none.</summary>
    public IReadOnlyList<int> Wholes(string name) => Member(name) is { ValueKind: JsonValueKind.Array } list
        ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _))
            .Select(item => item.GetInt32())]
        : [];

    /// <summary>A member as it is; null if it is absent or null.</summary>
    public JsonElement? Member(string name) =>
        _object.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private void Wrong(string name, JsonElement value, string expected) =>
        _problems.Add($"{_path}{name} is {ShownValue.Mask(SecretWords.Shown(value, name))} instead of {expected}");
}
