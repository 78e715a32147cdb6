using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>
/// An account with one resource of each kind, so that an operation of the specification has what its path and its example name. A
/// resource is created when an operation needs it, and again after one that deletes it.
/// </summary>
internal sealed partial class ReplayAccount(ApiClient api, ApiSpecification specification)
{
    /// <summary>Resources by the parameter of the path that names them.</summary>
    private static readonly Dictionary<string, Creation> s_creations = JsonSerializer.Deserialize<Dictionary<string, Creation>>(
        File.ReadAllText(Path.Combine(StackFiles.Root, "tests/Unit/Lab/DigitalOcean/Specification/replay-creations.json")),
        JsonSerializerOptions.Web)!;

    private readonly Dictionary<string, string> _ids = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>Operations that have a route.</summary>
    public IReadOnlySet<string> Routes { get; } =
        CloudApi.Routes(api.Account).Select(route => $"{route.Method} {route.Path}").ToHashSet(StringComparer.Ordinal);

    /// <summary>Sends an example, with the ids of this account in place of its own.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="example">Its body.</param>
    /// <param name="isComposed">Whether the body is none of the specification's: its name, which others have too, gets a number.</param>
    public async Task<ApiResponse> SendAsync(ApiOperation operation, JsonNode? example, bool isComposed)
    {
        var path = await FillAsync(operation.Path);
        var query = string.Join('&', operation.Parameters.Where(parameter => (string?)parameter["in"] == "query"
            && (bool?)parameter["required"] == true).Select(parameter => $"{parameter["name"]}=web"));
        var body = example is null ? null : await OwnAsync(example.DeepClone(), "");
        // Names are unique, and examples of one operation share theirs.
        if ((isComposed || operation is { Method: "POST", RequestExamples.Count: > 1 }) && body?["name"] is JsonValue name)
        {
            body["name"] = $"{name}-{++_number}";
        }
        var answer = await api.SendAsync(operation.Method, query.Length > 0 ? $"{path}?{query}" : path, body?.ToJsonString());
        await api.SettleAsync();
        return answer;
    }

    /// <summary>Whether what the path needs can be created by the routes that there are.</summary>
    public bool CanFill(ApiOperation operation) => Variable().Matches(operation.Path).Select(match => match.Groups["name"].Value)
        .All(variable => !s_creations.TryGetValue(variable, out var creation) || Routes.Contains($"POST {creation.Path}"));

    /// <summary>A path with ids of this account.</summary>
    public async Task<string> FillAsync(string path)
    {
        foreach (var variable in Variable().Matches(path).Select(match => match.Groups["name"].Value))
        {
            var id = variable == "action_id" ? await ActionAsync(path) : await IdAsync(variable);
            path = path.Replace($"{{{variable}}}", id, StringComparison.Ordinal);
        }
        return path;
    }

    /// <summary>The id of a resource, which is created if there is none, or no more.</summary>
    public async Task<string> IdAsync(string variable)
    {
        if (_ids.TryGetValue(variable, out var known) && await IsThereAsync(variable, known))
        {
            return known;
        }
        var (path, idPath, template) = (s_creations[variable].Path, s_creations[variable].Id, s_creations[variable].Body.ToJsonString());
        var number = (++_number).ToString(CultureInfo.InvariantCulture);
        var body = template.Replace("-N", $"-{number}", StringComparison.Ordinal);
        foreach (var (word, needed) in new[]
        {
            ("\"DROPLET\"", "droplet_id"), ("BALANCER", "lb_id"), ("DOMAIN", "domain_name"), ("VPC", "vpc_id"),
        })
        {
            body = body.Contains(word, StringComparison.Ordinal)
                ? body.Replace(word, await IdAsync(needed), StringComparison.Ordinal) : body;
        }
        body = body.Replace("KEY", ReplayKeys.Next(), StringComparison.Ordinal);
        var answer = await api.PostAsync(await FillAsync(path), body);
        Assert.True(answer.Status < 300, $"{path}: {answer.Status} {answer.Message}");
        await api.SettleAsync();
        return _ids[variable] = idPath == "image"
            ? (string)(await api.GetAsync("/v2/images?private=true")).Body!["images"]!.AsArray()[^1]!["id"]!.ToString()
            : idPath.Split('.').Aggregate(answer.Body, (node, name) => node![name])!.ToString();
    }

    private async Task<bool> IsThereAsync(string variable, string id)
    {
        var one = specification.Operations.First(operation => operation.Method == "GET"
            && operation.Path.EndsWith($"/{{{variable}}}", StringComparison.Ordinal));
        var path = Variable().Replace(one.Path, match => match.Groups["name"].Value == variable ? id : _ids[match.Groups["name"].Value]);
        return (await api.GetAsync(path)).Status == 200;
    }

    /// <summary>Id of an action of the resource before it in the path.</summary>
    private async Task<string> ActionAsync(string path)
    {
        var list = path[..path.IndexOf("/{action_id}", StringComparison.Ordinal)];
        var begin = list.Split('/')[2] switch
        {
            "volumes" => $$"""{"type": "attach", "droplet_id": {{await IdAsync("droplet_id")}}}""",
            "images" => """{"type": "transfer", "region": "sfo3"}""",
            _ => """{"type": "power_cycle"}""",
        };
        var start = list == "/v2/actions" ? $"/v2/droplets/{await IdAsync("droplet_id")}/actions" : list;
        var answer = await api.PostAsync(start, begin);
        await api.SettleAsync();
        return (answer.Body?["action"]?["id"] ?? (await api.GetAsync(list)).Body!["actions"]![0]!["id"])!.ToString();
    }

    /// <summary>An example's own ids, names and places, as this account has them.</summary>
    private async Task<JsonNode?> OwnAsync(JsonNode? node, string name)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var member in members.Select(member => member.Key).ToList())
                {
                    members[member] = (await OwnAsync(members[member], member))?.DeepClone();
                }
                return members;
            case JsonArray items when name is "ssh_keys":
                return new JsonArray(long.Parse(await IdAsync("ssh_key_identifier"), CultureInfo.InvariantCulture));
            case JsonArray items when name is "droplet_ids" && items.Count > 0:
                return new JsonArray(long.Parse(await IdAsync("droplet_id"), CultureInfo.InvariantCulture));
            case JsonArray items when name is "volumes" && items.Count > 0:
                return new JsonArray(await IdAsync("volume_id"));
            case JsonArray items when name is "load_balancer_uids" && items.Count > 0:
                return new JsonArray(await IdAsync("lb_id"));
            case JsonArray items when name is "dns_names" && items.Count > 0:
                return new JsonArray($"www.{await IdAsync("domain_name")}");
            case JsonArray items when name is "tags":
                foreach (var tag in items.Select(item => (string?)item).OfType<string>())
                {
                    await api.PostAsync("/v2/tags", new JsonObject { ["name"] = tag }.ToJsonString());
                }
                return items.DeepClone();
            case JsonArray items when name is "kubernetes_ids":
                return new JsonArray();
            case JsonArray items when name is "resources" && items.Any(item => item is JsonValue):
                return new JsonArray($"do:droplet:{await IdAsync("droplet_id")}", $"do:domain:{await IdAsync("domain_name")}");
            case JsonArray items:
                return new JsonArray([.. await Task.WhenAll(items.Select(item => OwnAsync(item?.DeepClone(), "")))]);
            default:
                return await OwnValueAsync(node, name);
        }
    }

    private async Task<JsonNode?> OwnValueAsync(JsonNode? value, string name) => name switch
    {
        "droplet_id" => long.Parse(await IdAsync("droplet_id"), CultureInfo.InvariantCulture),
        "vpc_uuid" => await IdAsync("vpc_id"),
        "public_key" => ReplayKeys.Next(),
        // Not the one that is deleted later, which must have no resources then.
        "project_id" => (string?)(await api.GetAsync("/v2/projects/default")).Body!["project"]!["id"],
        "certificate_id" when (string?)value is { Length: > 0 } => await IdAsync("certificate_id"),
        "snapshot_id" => await IdAsync("snapshot_id"),
        "volume_name" => (string?)(await api.GetAsync($"/v2/volumes/{await IdAsync("volume_id")}")).Body!["volume"]!["name"],
        // Two examples of Volumes have an underscore, which the description of the member forbids.
        "name" when (string?)value is { } given => given.Replace('_', '-'),
        // The regions of the examples have no GPUs.
        "region" => "nyc2",
        _ => value,
    };

    [GeneratedRegex(@"\{(?<name>[a-z_]+)\}")]
    private static partial Regex Variable();

    /// <summary>How a resource is created.</summary>
    /// <param name="Path">Path of the POST request.</param>
    /// <param name="Id">Where the answer has the id.</param>
    /// <param name="Body">The request; <c>-N</c> becomes a number.</param>
    private sealed record Creation(string Path, string Id, JsonNode Body);
}
