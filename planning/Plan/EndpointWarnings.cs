using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Placements;

namespace Infra.Planning.Plan;

/// <summary>What is allowed at an endpoint, but may not be meant.</summary>
internal static class EndpointWarnings
{
    /// <summary>Half of all IPv4 addresses: two halves are everyone, and so is nearly everyone.</summary>
    private static readonly UInt128 s_mostOfTheWorld = UInt128.One << 31;

    public static IEnumerable<string> Of(StackConfig stack, EndpointConfig config, string path, Placement placement, ModelCatalog catalog,
        EngineInstall install, bool hasToken)
    {
        foreach (var (_, warning) in stack.Deprecations.Where(deprecation => deprecation.Endpoint == path))
        {
            yield return warning;
        }
        foreach (var caution in Cautions(config, path, placement, install))
        {
            yield return caution;
        }
        if (placement.Size.Availability == Availability.Spot)
        {
            yield return $"{placement.Size.Slug} is spot capacity: DigitalOcean destroys the Droplet when it needs it, "
                + "usually with two hours' notice";
        }
        if (config.Replicas > 1 && config.Rollout == Rollout.Parallel)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"a change that replaces servers deletes {config.Replicas} of {config.Replicas} servers before the first new one "
                + $"exists, and the GPUs may be unavailable by then; set rollout to rolling to replace one after the other");
        }
        if (config.Access == Access.Public && Openness(config.ClientCidrs) is { } openness)
        {
            yield return $"the endpoint is open to {openness} internet: only its API keys protect it";
        }
        if (placement.Model.Gated && !hasToken)
        {
            yield return $"{placement.Model.Id} requires an accepted licence: set huggingFaceToken";
        }
        if (placement.Model is { Use: ModelUse.Base, Task: ModelTask.Generate })
        {
            yield return $"{placement.Model.Id} is a base model: it continues a text, and does not answer in a chat"
                + Instead(placement.Model, catalog);
        }
    }

    /// <summary>Cautions of the release; one that the FP8 KV cache causes has the command that turns the cache off.</summary>
    private static IEnumerable<string> Cautions(EndpointConfig config, string path, Placement placement, EngineInstall install)
    {
        var off = Of(KvCacheType.Auto).ToHashSet(StringComparer.Ordinal);
        return Of(config.KvCacheDtype).Select(caution => off.Contains(caution)
            ? caution
            : $"{caution}. To turn the FP8 KV cache off: {ConfigFix.Remove($"{path}.kvCacheDtype")}");

        IReadOnlyList<string> Of(KvCacheType kv) => EngineChoice.Cautions(
            placement.Engine, placement.Model, placement.Gpu.Vendor, install, kv, placement.Gpu.Architecture);
    }

    /// <summary>How much of the internet the ranges hold; null if it is the smaller part.</summary>
    private static string? Openness(IReadOnlyList<string> texts)
    {
        var ranges = texts.Select(text => Cidr.TryParse(text, out var range, out _) ? range : (Cidr?)null)
            .OfType<Cidr>().Where(range => !range.IsV6).ToList();
        var addresses = Cidr.CountAddresses(ranges);
        return addresses == UInt128.One << 32 ? "the whole" : addresses >= s_mostOfTheWorld ? "most of the" : null;
    }

    private static string Instead(ModelSpec model, ModelCatalog catalog) =>
        catalog.Models.Values.FirstOrDefault(other => other.Use == ModelUse.Instruct && other.Family == model.Family
            && other.Architecture.Layers == model.Architecture.Layers) is { } instruct
            ? $"; {instruct.Id} does"
            : "";
}
