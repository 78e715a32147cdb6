using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Tests.Deployments;
using Json.Schema;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>
/// DigitalOcean's own specification of its API. It is not part of the repository; what needs it is skipped where it is missing.
/// </summary>
internal sealed class ApiSpecification
{
    public const string IsMissing = "DigitalOcean's specification is missing: ../shared/facts/digitalocean-openapi.json";

    private const string ErrorSchema = "#/components/schemas/error";

    private static readonly Lazy<ApiSpecification?> s_current = new(Load);
    private static readonly Uri s_base = new("https://api.digitalocean.com/specification");

    /// <summary>
    /// Errors by their status: the member <c>id</c>. Sources: the specification's examples; godo's and the provider's handling.
    /// </summary>
    private static readonly Dictionary<int, string> s_errors = new()
    {
        [400] = "bad_request",
        [401] = "unauthorized",
        [403] = "forbidden",
        [404] = "not_found",
        [405] = "method_not_allowed",
        [409] = "conflict",
        [412] = "precondition_failed",
        [413] = "request_entity_too_large",
        [415] = "unsupported_media_type",
        [422] = "unprocessable_entity",
        [429] = "too_many_requests",
        [500] = "server_error",
        [502] = "server_error",
        [503] = "server_error",
        [504] = "server_error",
    };

    private readonly Lock _lock = new();
    private readonly JsonObject _document;
    private readonly SchemaConversion _conversion;
    private readonly EvaluationOptions _options = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private readonly Dictionary<string, JsonSchema> _answers = new(StringComparer.Ordinal);
    private readonly JsonObject _definitions;

    private ApiSpecification(JsonObject document)
    {
        _document = document;
        _conversion = new SchemaConversion(document["components"]!["schemas"]!.AsObject());
        _definitions = _conversion.Definitions();
        Operations = [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()
            .Where(operation => operation.Key is "get" or "post" or "put" or "patch" or "delete")
            .Select(operation => new ApiOperation(
                operation.Key.ToUpperInvariant(), path.Key, Resolve(operation.Value!, path.Value!["parameters"]))))];
    }

    /// <summary>Null: it is not here.</summary>
    public static ApiSpecification? Current => s_current.Value;

    public IReadOnlyList<ApiOperation> Operations { get; }

    /// <summary>The specification, or a test that is skipped.</summary>
    public static ApiSpecification OrSkip()
    {
        Assert.SkipWhen(Current is null, IsMissing);
        return Current!;
    }

    /// <summary>A named schema, as the specification has it.</summary>
    public JsonNode Schema(string reference) => _document["components"]!["schemas"]![reference.Split('/')[^1]]!;

    /// <summary>The operation of a request; null: the specification has none.</summary>
    public ApiOperation? Find(string method, string path) => Operations
        .Where(operation => operation.Method == method && operation.Matches(path)).MaxBy(operation => operation.Literals);

    /// <summary>What is wrong with an answer; empty: nothing.</summary>
    /// <param name="method">Method of the request.</param>
    /// <param name="target">Path of the request, with its query.</param>
    /// <param name="status">Status of the answer.</param>
    /// <param name="type">Media type of the answer; null: it has none.</param>
    /// <param name="body">Body of the answer.</param>
    public IReadOnlyList<string> Violations(string method, string target, int status, string? type, string body)
    {
        var path = target.Split('?')[0];
        var isAdded = SpecificationGaps.Current.Adds(method, path);
        // Before an operation whose last part is a value: /v2/droplets/autoscale is no Droplet.
        if (isAdded || Find(method, path) is not { } operation)
        {
            return status >= 400 ? ErrorViolations(method, status, body) : isAdded ? [] : ["the specification has no such operation"];
        }
        if (operation.Answer(status) is not { } answer)
        {
            return [$"status {status}; the specification has {string.Join(", ", operation.Successes)}"];
        }
        if (answer["content"]?["application/json"]?["schema"] is not { } schema)
        {
            return body.Length == 0 ? [] : [$"a body with status {status}: {body}"];
        }
        if (type != "application/json")
        {
            return [$"media type {type ?? "(none)"}"];
        }
        if (status < 400 && SpecificationGaps.Current.WrappedAnswers.TryGetValue(operation.Name, out var member))
        {
            schema = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { [member] = schema.DeepClone() } };
        }
        var violations = Validate($"{operation.Name} {status.ToString(CultureInfo.InvariantCulture)}", schema, body);
        return status >= 400 && (string?)schema["$ref"] == ErrorSchema
            ? [.. violations, .. ErrorViolations(method, status, body)] : violations;
    }

    private static List<string> ErrorViolations(string method, int status, string body)
    {
        if (method is "HEAD")
        {
            return [];
        }
        var id = (string?)JsonNode.Parse(body.Length == 0 ? "{}" : body)!["id"];
        return s_errors.TryGetValue(status, out var expected)
            ? id == expected ? [] : [$"the id of an error {status} is {expected}, not {id ?? "missing"}"]
            : [$"status {status} is none of the API's"];
    }

    private List<string> Validate(string name, JsonNode schema, string body)
    {
        lock (_lock)
        {
            if (!_answers.TryGetValue(name, out var validator))
            {
                _answers[name] = validator = JsonSchema.FromText(new JsonObject
                {
                    ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
                    ["$id"] = new Uri(s_base, $"specification/{_answers.Count}").ToString(),
                    ["$defs"] = _definitions.DeepClone(),
                    ["allOf"] = new JsonArray(_conversion.Closed(schema)),
                }.ToJsonString());
            }
            using var document = JsonDocument.Parse(body);
            var result = validator.Evaluate(document.RootElement, _options);
            return result.IsValid ? [] : Errors(name.Split(' ')[1], result.Details ?? []);
        }
    }

    /// <summary>The causes: a member with a wrong value makes all objects around it wrong, and their members unknown.</summary>
    private static List<string> Errors(string path, IEnumerable<EvaluationResults> details)
    {
        var failed = details.Where(detail => detail.Errors is { Count: > 0 }).Select(detail => (
            Place: detail.InstanceLocation.ToString(),
            IsUnknown: detail.EvaluationPath.ToString().EndsWith("/unevaluatedProperties", StringComparison.Ordinal),
            Text: string.Join("; ", detail.Errors!.Values))).Distinct().ToList();
        var values = failed.Where(one => !one.IsUnknown).ToList();
        return [.. (values.Count > 0 ? values : failed.Where(one => !failed.Any(
                other => other.Place.StartsWith($"{one.Place}/", StringComparison.Ordinal)))
                .Where(one => !SpecificationGaps.Current.ExtraMembers.ContainsKey($"{path}: {MemberOf(one.Place)}")))
            .Select(one => $"{one.Place}: {(one.IsUnknown ? "a member that the specification does not have" : one.Text)}")];
    }

    /// <summary><c>volumes.name</c> for <c>/volumes/0/name</c>.</summary>
    private static string MemberOf(string pointer) =>
        string.Join('.', pointer.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => !char.IsAsciiDigit(part[0])));

    private static ApiSpecification? Load()
    {
        var file = Path.Combine(StackFiles.Root, "..", "shared", "facts", "digitalocean-openapi.json");
        if (!File.Exists(file))
        {
            return null;
        }
        var text = SpecificationGaps.Current.Misspelled.Aggregate(File.ReadAllText(file), (text, word) =>
            text.Replace($"\"{word.Key}\"", $"\"{word.Value}\"", StringComparison.Ordinal));
        var document = JsonNode.Parse(text)!.AsObject();
        foreach (var keyword in SpecificationGaps.Current.TooStrict.Keys.Select(key => key.Split('/')))
        {
            var schema = keyword[..^1].Aggregate(document["components"]!["schemas"], (at, name) => at![name])!.AsObject();
            Assert.True(schema.Remove(keyword[^1]), $"the specification is not as strict: {string.Join('/', keyword)}");
        }
        return new(document);
    }

    /// <summary>An operation whose responses, parameters, bodies and examples are in it; schemas stay references.</summary>
    private JsonObject Resolve(JsonNode operation, JsonNode? common)
    {
        var result = Inlined(operation)!.AsObject();
        if (common is not null)
        {
            result["parameters"] = new JsonArray(
                [.. Inlined(common)!.AsArray().Concat(result["parameters"]?.AsArray() ?? []).Select(parameter => parameter!.DeepClone())]);
        }
        return result;

        JsonNode? Inlined(JsonNode? node) => node switch
        {
            JsonObject reference when (string?)(reference["$ref"] as JsonValue) is { } target
                && !target.StartsWith("#/components/schemas/", StringComparison.Ordinal) => Inlined(
                    target[2..].Split('/').Aggregate((JsonNode?)_document, (at, name) => at![Uri.UnescapeDataString(name)])),
            JsonObject members => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, Inlined(member.Value)))),
            JsonArray items => new JsonArray([.. items.Select(Inlined)]),
            _ => node?.DeepClone(),
        };
    }
}
