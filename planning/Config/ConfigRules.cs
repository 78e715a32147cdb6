using System.Globalization;
using System.Text.Json;
using Infra.Planning.Errors;

namespace Infra.Planning.Config;

/// <summary>
/// Checks of values that do not depend on the catalog. An unreadable value has its default here (an element of a list: empty) and is
/// skipped, because it is reported already.
/// </summary>
internal sealed class ConfigRules(List<UserError> errors)
{
    // The highest value of these fits on no hardware, or on the most expensive.
    private static readonly HashSet<string> s_costly =
        ["contextLength", "concurrency", "replicas", "tensorParallel", "dataParallel", "maxNumSeqs", "maxNumBatchedTokens"];

    public void Check(StackConfig config)
    {
        if (config.Region.Length > 0 && !ConfigPatterns.Region().IsMatch(config.Region))
        {
            Wrong("region", config.Region, $"is not a region slug; choose from {string.Join(", ", MeantValues.Regions)}",
                MeantValues.Region(config.Region));
        }
        new NetworkRules(errors).Check(config);
        for (var i = 0; i < config.AdminSshKeys.Count; i++)
        {
            var key = config.AdminSshKeys[i];
            if (key.Length > 0 && SshPublicKey.WhyNot(key) is { } problem)
            {
                Wrong(ConfigPath.Element("adminSshKeys", i), ShownValue.Mask(key), problem, MeantValues.SshKeyFile(key));
            }
        }
        Distinct("adminSshKeys", [.. config.AdminSshKeys.Select(SshPublicKey.WithoutComment)]);
        if (config.MaxHourlyUsd is <= 0)
        {
            errors.Add(new("maxHourlyUsd", config.MaxHourlyUsd, "must be more than 0 USD per hour",
                ConfigFix.Remove("maxHourlyUsd")));
        }
        Tags("tags", config.Tags);
        for (var i = 0; i < config.Tags.Count; i++)
        {
            if (config.Tags[i].StartsWith(Names.TagPrefix, StringComparison.OrdinalIgnoreCase))
            {
                Wrong(ConfigPath.Element("tags", i), config.Tags[i],
                    $"begins with {Names.TagPrefix}, the prefix of firewall tags; choose another",
                    MeantValues.Tag(config.Tags[i], config.Tags));
            }
        }
        Engine("engine", config.Engine);
        if (config.Endpoints.Count == 0 && !errors.Any(error => error.Key.StartsWith("endpoints", StringComparison.Ordinal)
            || error.Commands?.Steps.Any(step => step.Path.EndsWith(".model", StringComparison.Ordinal)) == true))
        {
            errors.Add(
                UserError.InStackConfig("endpoints.chat.model", null, "is missing: there is no endpoint, so nothing to serve"));
        }
        foreach (var (name, endpoint) in config.Endpoints.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Endpoint(ConfigPath.Member("endpoints", name), endpoint);
        }
        foreach (var same in config.Endpoints
            .Where(entry => entry.Value.Domain is not null)
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .GroupBy(entry => entry.Value.Domain, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var (name, endpoint) in same.Skip(1))
            {
                Wrong(ConfigPath.Member(ConfigPath.Member("endpoints", name), "domain"), endpoint.Domain,
                    $"is the domain of endpoint {same.First().Key} already; each needs its own",
                    $"{name}.{endpoint.Domain![(endpoint.Domain!.IndexOf('.', StringComparison.Ordinal) + 1)..]}");
            }
        }
    }

    private void Endpoint(string path, EndpointConfig endpoint)
    {
        string At(string member) => ConfigPath.Member(path, member);
        if (endpoint.Revision is { } revision && !ConfigPatterns.Commit().IsMatch(revision))
        {
            Wrong(At("revision"), revision,
                "is not a commit: 40 hex digits in lower case; a branch or a tag can be moved to other weights");
        }
        if (endpoint.ServedModelName is { } served && !ConfigPatterns.ServedModelName().IsMatch(served))
        {
            Wrong(At("servedModelName"), ShownValue.Mask(served),
                "must begin with a letter or digit, followed by at most 127 letters, digits, '.', '_', '-', ':' and '/'",
                MeantValues.ServedModelName(served));
        }
        if (endpoint.Size is { } size && !ConfigPatterns.Slug().IsMatch(size))
        {
            Wrong(At("size"), size, "is not a size slug: lower-case letters, digits, '-' and '.'", MeantValues.Size(size));
        }
        if (endpoint.Image is { } image && !ConfigPatterns.Slug().IsMatch(image))
        {
            Wrong(At("image"), image, "is not an image: its slug in lower case, or its number");
        }
        Between(At("contextLength"), endpoint.ContextLength, 1, int.MaxValue, "tokens");
        Between(At("concurrency"), endpoint.Concurrency, 1, 100_000, "concurrent requests");
        Between(At("replicas"), endpoint.Replicas, 1, 1000,
            endpoint.Replicas == 0 ? "nodes; to stop an endpoint, remove it" : "nodes");
        Between(At("imagesPerPrompt"), endpoint.ImagesPerPrompt, 1, 256, "images; to refuse images set vision to false");
        Between(At("tensorParallel"), endpoint.TensorParallel, 1, 64, "GPUs");
        Between(At("dataParallel"), endpoint.DataParallel, 1, 64, "engines");
        Between(At("maxNumBatchedTokens"), endpoint.MaxNumBatchedTokens, 1, 1_048_576, "tokens");
        Between(At("maxNumSeqs"), endpoint.MaxNumSeqs, 1, 65_536, "requests");
        Between(At("cacheVolumeGiB"), endpoint.CacheVolumeGiB, 1, 16_384, "GiB");
        Between(At("readyTimeoutMinutes"), endpoint.ReadyTimeoutMinutes, 1, 1440, "minutes");
        if (endpoint.GpuMemoryUtilization is { } share && share is not (> 0 and <= 1))
        {
            Wrong(At("gpuMemoryUtilization"), share.ToString(CultureInfo.InvariantCulture),
                "must be a share of the card's memory: above 0, at most 1",
                share is >= 10 and <= 100 ? Text((decimal)share / 100) : null);
        }
        if (endpoint.MaxNumBatchedTokens < endpoint.MaxNumSeqs)
        {
            Wrong(At("maxNumBatchedTokens"), endpoint.MaxNumBatchedTokens,
                $"is less than maxNumSeqs, {endpoint.MaxNumSeqs}: vLLM rejects that, because each request needs a token per step",
                Text(endpoint.MaxNumSeqs.Value));
        }
        Clients(At("clients"), endpoint.Clients);
        for (var i = 0; i < endpoint.CorsOrigins.Count; i++)
        {
            var origin = endpoint.CorsOrigins[i];
            if (origin.Length > 0 && !ConfigPatterns.Origin().IsMatch(origin))
            {
                Wrong(ConfigPath.Element(At("corsOrigins"), i), origin, origin.Contains('*', StringComparison.Ordinal)
                    ? "would allow any page, with any key in a browser; list each origin"
                    : "is not an origin as a browser sends it: https://HOST or http://localhost, a port if it is not the "
                        + "scheme's own, in lower case, with nothing after it",
                    MeantValues.Origin(origin));
            }
        }
        Distinct(At("corsOrigins"), endpoint.CorsOrigins);
        Distinct(At("availability"), [.. endpoint.Availability.Select(way => JsonNamingPolicy.CamelCase.ConvertName(way.ToString()))]);
        Tags(At("clientTags"), endpoint.ClientTags);
        if (endpoint.Engine is { } engine)
        {
            Engine(At("engine"), engine);
        }
    }

    private void Clients(string path, IReadOnlyList<ClientConfig> clients)
    {
        for (var i = 0; i < clients.Count; i++)
        {
            var (client, at) = (clients[i], ConfigPath.Element(path, i));
            if (client.Name.Length > 0 && !Names.IsName(client.Name))
            {
                // A client with limits is a map, and the fix must keep them.
                var hasLimits = client.RequestsPerMinute is not null || client.Concurrent is not null;
                errors.Add(new(at, ShownValue.Mask(client.Name), $"is not {Names.NameRule}", ConfigFix.Set(
                    hasLimits ? ConfigPath.Member(at, "name") : at, MeantValues.Client(client.Name, clients))));
            }
            Between(ConfigPath.Member(at, "requestsPerMinute"), client.RequestsPerMinute, 1, 1_000_000, "requests per minute");
            Between(ConfigPath.Member(at, "concurrent"), client.Concurrent, 1, 65_535, "concurrent requests");
        }
        Distinct(path, [.. clients.Select(client => client.Name)]);
    }

    private void Engine(string path, EngineConfig engine)
    {
        if (engine.Version is { } version && !ConfigPatterns.Version().IsMatch(version))
        {
            Wrong(ConfigPath.Member(path, "version"), ShownValue.Mask(version), "is not a vLLM release: three numbers, without a v",
                ConfigPatterns.Version().IsMatch(version.TrimStart('v', 'V')) ? version.TrimStart('v', 'V') : null);
        }
    }

    private void Tags(string path, IReadOnlyList<string> tags)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            if (tags[i].Length > 0 && !ConfigPatterns.Tag().IsMatch(tags[i]))
            {
                Wrong(ConfigPath.Element(path, i), ShownValue.Mask(tags[i]),
                    "is not a tag: at most 255 letters, digits, ':', '-' and '_'", MeantValues.Tag(tags[i], tags),
                    () => ConfigFix.Remove(ConfigPath.Element(path, i)));
            }
        }
        Distinct(path, tags, StringComparer.OrdinalIgnoreCase); // DigitalOcean ignores the case of tags
    }

    private void Distinct(string path, IReadOnlyList<string> values, StringComparer? comparer = null)
    {
        var seen = new HashSet<string>(comparer ?? StringComparer.Ordinal);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Length > 0 && !seen.Add(values[i]))
            {
                var element = ConfigPath.Element(path, i);
                errors.Add(
                    new(element, ShownValue.Mask(values[i]), "is a duplicate", ConfigFix.Remove(element)));
            }
        }
    }

    private void Between(string path, int? value, int lowest, int highest, string unit)
    {
        if (value < lowest || value > highest)
        {
            Wrong(path, value, highest == int.MaxValue ? $"must be at least {lowest} {unit}" : $"must be {lowest} to {highest} {unit}",
                value > highest && !s_costly.Contains(path[(path.LastIndexOf('.') + 1)..]) ? Text(highest) : null);
        }
    }

    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);

    private void Wrong(string path, object? value, string problem, string? example = null, Func<ConfigFix>? otherwise = null)
    {
        var shown = value is string text ? ShownValue.Mask(text) : value;
        errors.Add(example is null
            ? new(path, shown, problem, otherwise?.Invoke() ?? ConfigExamples.Fix(path))
            : UserError.InStackConfig(path, shown, problem, example));
    }
}
