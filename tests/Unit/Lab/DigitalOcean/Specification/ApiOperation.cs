using System.Text.Json.Nodes;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>An operation of the specification.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Its path: <c>/v2/vpcs/{vpc_id}</c>.</param>
/// <param name="Node">What the specification says of it, with references resolved to responses, parameters and bodies.</param>
internal sealed record ApiOperation(string Method, string Path, JsonObject Node)
{
    private readonly string[] _segments = Path.Split('/');

    /// <summary><c>GET /v2/vpcs/{vpc_id}</c>.</summary>
    public string Name => $"{Method} {Path}";

    /// <summary>Number of segments of the path that are not variable.</summary>
    public int Literals => _segments.Count(segment => !IsVariable(segment));

    public bool Matches(string path)
    {
        var segments = path.Split('/');
        return segments.Length == _segments.Length && segments.Zip(_segments).All(
            pair => IsVariable(pair.Second) ? pair.First.Length > 0 : pair.First == pair.Second);
    }

    /// <summary>The answer that the specification has for a status; null: none.</summary>
    public JsonObject? Answer(int status) =>
        Node["responses"]![status.ToString(System.Globalization.CultureInfo.InvariantCulture)]?.AsObject()
        ?? (status >= 400 ? Node["responses"]!["default"]?.AsObject() : null);

    /// <summary>Statuses of success.</summary>
    public IReadOnlyList<int> Successes => [.. Node["responses"]!.AsObject().Select(response => response.Key)
        .Where(status => status[0] == '2').Select(status => int.Parse(status, System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Schema of the request's body; null: it has none.</summary>
    public JsonNode? BodySchema => Node["requestBody"]?["content"]?["application/json"]?["schema"];

    /// <summary>Scopes of tokens that may do it.</summary>
    public IReadOnlyList<string> Scopes => [.. (Node["security"]?.AsArray() ?? []).SelectMany(
        way => way!.AsObject().SelectMany(scheme => scheme.Value!.AsArray().Select(scope => (string)scope!)))];

    public IReadOnlyList<JsonNode> Parameters => [.. (Node["parameters"]?.AsArray() ?? []).Select(parameter => parameter!)];

    /// <summary>Examples of requests.</summary>
    public IReadOnlyList<(string Name, JsonNode Value)> RequestExamples => ExamplesOf(Node["requestBody"]);

    /// <summary>Examples of answers that are a success.</summary>
    public IReadOnlyList<(string Name, JsonNode Value)> AnswerExamples =>
        [.. Successes.SelectMany(status => ExamplesOf(Answer(status)))];

    private static List<(string Name, JsonNode Value)> ExamplesOf(JsonNode? carrier)
    {
        var content = carrier?["content"]?["application/json"];
        var examples = new List<(string, JsonNode)>();
        if ((content?["example"] ?? content?["schema"]?["example"]) is { } single)
        {
            examples.Add(("example", single));
        }
        if (content?["examples"] is JsonObject several)
        {
            examples.AddRange(several.Where(example => example.Value?["value"] is not null)
                .Select(example => (example.Key, example.Value!["value"]!)));
        }
        return examples;
    }

    private static bool IsVariable(string segment) => segment.StartsWith('{');
}
