using System.Text.Json;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Config;

/// <summary>Settings at another level than theirs: of an endpoint at the top, an endpoint there, of the stack in an endpoint.</summary>
internal sealed class MisplacedSettings
{
    private const string Endpoints = "endpoints";
    private const string Model = "model";
    private const string First = "chat";
    private const string MaxHourlyUsd = "maxHourlyUsd";

    /// <summary>As words of a switch; the program has none.</summary>
    private static readonly HashSet<string> s_switches = ["enabled", "enable", "disabled", "disable", "active", "paused"];

    private readonly string? _endpoint;

    // Pulumi does not add a member to text, and an empty value is text to it.
    private readonly bool _replacesText;

    /// <param name="config">Qualified keys and their values.</param>
    public MisplacedSettings(IReadOnlyDictionary<string, string> config)
    {
        var written = config.GetValueOrDefault($"{ConfigNames.Namespace}:{Endpoints}");
        var endpoints = ConfigReader.Element(written ?? "", ValueShape.Of(typeof(IReadOnlyDictionary<string, EndpointConfig>)));
        _replacesText = written is not null && endpoints.ValueKind != JsonValueKind.Object;
        if (written is null or "{}" || (endpoints.ValueKind == JsonValueKind.String && endpoints.ValueEquals("")))
        {
            _endpoint = ConfigPath.Member(Endpoints, First);
            Meant = config.Any(entry => IsEndpoint(entry.Key[(entry.Key.IndexOf(':', StringComparison.Ordinal) + 1)..], entry.Value, out _))
                || config.ContainsKey($"{ConfigNames.Namespace}:{Model}") ? [Endpoints] : [];
        }
        else if (endpoints.ValueKind == JsonValueKind.Object && endpoints.GetPropertyCount() == 1
            && endpoints.EnumerateObject().First() is { Value.ValueKind: JsonValueKind.Object or JsonValueKind.Null } only
            && Names.IsName(only.Name))
        {
            _endpoint = ConfigPath.Member(Endpoints, only.Name);
        }
    }

    /// <summary>Settings that the fixes set, so that they are not missing.</summary>
    public IReadOnlyList<string> Meant { get; } = [];

    /// <summary>The error of a key that belongs to an endpoint, where only one can be meant, or that is one; null for any other.</summary>
    /// <param name="key">A key without namespace.</param>
    /// <param name="text">Its value as Pulumi passes it.</param>
    public UserError? Of(string key, string text)
    {
        if (RecordShape.Of(typeof(StackConfig)).Member(key) is not null)
        {
            return null;
        }
        var (to, value, problem) = IsEndpoint(key, text, out var endpoint)
            ? (ConfigPath.Member(Endpoints, key), endpoint, "is an endpoint next to endpoints and not below it")
            : _endpoint is { } only && RecordShape.Of(typeof(EndpointConfig)) is var record
                && OtherNames.Certain(key, record) is { } setting && record.Member(setting) is { } member
                ? (ConfigPath.Member(only, setting), ConfigReader.Element(text, member.Shape), "is a setting of an endpoint")
                : default;
        if (to is null)
        {
            return null;
        }
        var fix = ReadingFixes.Move(new RemoveStep(key), to, value) ?? ConfigFix.Remove(key);
        return new(key, ShownValue.Mask(SecretWords.Shown(value)), $"{problem}: {to}",
            _replacesText && Meant.Count > 0 ? ConfigFix.Remove(Endpoints).Then(fix) : fix);
    }

    /// <summary>The error of an unknown setting in an endpoint that is one of the stack, or would be a switch; null for others.</summary>
    public static UserError? InEndpoint(string endpoint, string name, JsonElement value, bool isSecret, Func<string, bool> isSet)
    {
        var key = ConfigPath.Member(endpoint, name);
        if (s_switches.Contains(name.ToLowerInvariant()))
        {
            return new(key, null, "is not a setting: each endpoint in the file is served, and costs its price",
                $"remove {name}, or all of {endpoint}, from the file of the stack");
        }
        if (OtherNames.Certain(name, RecordShape.Of(typeof(StackConfig))) is MaxHourlyUsd)
        {
            name = MaxHourlyUsd;
        }
        if (!OtherNames.IsOfStack(name))
        {
            return null;
        }
        var remove = new RemoveStep(key);
        return new(key, null, $"is a setting of the stack and not of an endpoint{(isSet(name) ? ", and the stack has it" : "")}",
            isSet(name) ? new ConfigFix(remove)
            : isSecret || name == ConfigNames.HuggingFaceToken ? new ConfigFix(remove, new SetSecretStep(name) { IsKey = true })
            : ReadingFixes.Move(remove, name, value) ?? new ConfigFix(remove));
    }

    private static bool IsEndpoint(string key, string text, out JsonElement endpoint)
    {
        endpoint = ConfigReader.Element(text);
        return Names.IsName(key) && key != Endpoints && RecordShape.Of(typeof(EndpointConfig)).Member(key) is null
            && endpoint.ValueKind == JsonValueKind.Object && endpoint.TryGetProperty(Model, out _);
    }
}
