using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Lab.Linux;
using Infra.Lab.Mirrors;
using Infra.Node;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;

namespace Infra.Lab.Machines;

/// <summary>
/// The real engine in place of the stand-in, for a machine that has internet, memory and time: an image of vLLM's CPU build, and the true weights. Both
/// are fetched onto this machine; servers get them from the laboratory's mirrors as ever, and have no internet. It was written without such
/// a machine and has not been run.
/// </summary>
internal static partial class RealEngine
{
    /// <summary>The mistake in an image's name, or null: it must be pinned to the byte.</summary>
    public static string? Mistake(string image) => Pinned().IsMatch(image)
        ? null
        : "must be pinned by digest: public.ecr.aws/q9t5s3a7/vllm-cpu-release-repo@sha256:<64 hex digits>";

    /// <summary>Puts the image into the registry as every image that the plan's engines name; gives its digest by <see cref="MirrorContent.ImageKey"/>.</summary>
    /// <param name="target">Content folder of the mirrors, with <c>registry/</c> in it.</param>
    /// <param name="image">Reference by digest.</param>
    /// <param name="plan">Whose engines are replaced.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task<IReadOnlyDictionary<string, string>> FetchImageAsync(string target, string image, StackPlan plan, CancellationToken cancel)
    {
        var layout = Path.Combine(target, "layout");
        await HostProgram.RunAsync("skopeo", ["copy", "--preserve-digests", $"docker://{image}", $"oci:{layout}:engine"], null, cancel);
        var registry = Path.Combine(target, "registry");
        Directory.CreateDirectory(registry);
        Directory.Move(Path.Combine(layout, "blobs"), Path.Combine(registry, "blobs"));
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(layout, "index.json"), cancel))!["manifests"]![0]!;
        var (digest, type) = (manifest["digest"]!.GetValue<string>(), manifest["mediaType"]!.GetValue<string>());
        var content = JsonNode.Parse(await File.ReadAllTextAsync(RegistryRepository.BlobFile(registry, digest), cancel))!;
        string[] blobs = [content["config"]!["digest"]!.GetValue<string>(), .. content["layers"]!.AsArray().Select(layer => layer!["digest"]!.GetValue<string>())];
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var engine in plan.Endpoints.Select(endpoint => endpoint.Placement.Engine))
        {
            foreach (var wanted in engine.Images.Values)
            {
                var name = wanted.Repository[(wanted.Repository.IndexOf('/', StringComparison.Ordinal) + 1)..];
                StoredJson.Write(
                    RegistryRepository.FileOf(registry, name)!,
                    new RegistryRepository(name, new Dictionary<string, string>(), new Dictionary<string, string> { [digest] = type }, blobs));
                digests[MirrorContent.ImageKey(wanted.Repository, engine.Version)] = digest;
            }
        }

        return digests;
    }

    /// <summary>Fetches the weights of an endpoint as a node would, checksums and all, and makes a repository of the hub of them.</summary>
    /// <param name="target">Content folder of the mirrors.</param>
    /// <param name="endpoint">Whose model.</param>
    /// <param name="cancel">Gives up; what is there is kept.</param>
    public static async Task FetchWeightsAsync(string target, EndpointPlan endpoint, CancellationToken cancel)
    {
        var settings = NodeSettings.Of(endpoint, AnyRange);
        const string name = "fetch-weights";
        var script = Path.Combine(target, name);
        // Its modules lie beside it.
        foreach (var file in NodeFiles.All.Where(file => Path.GetFileName(file.Path) == name || Path.GetFileName(file.Path).StartsWith("weights_", StringComparison.Ordinal)))
        {
            await File.WriteAllTextAsync(Path.Combine(target, Path.GetFileName(file.Path)), file.Content, cancel);
        }

        var models = Path.Combine(target, "models");
        Directory.CreateDirectory(models);
        await HostProgram.RunAsync("env",
        [
            $"MODEL_HUB={settings.Hub}", $"MODEL_ID={endpoint.Placement.Model.Id}", $"MODEL_REVISION={settings.Revision}",
            $"MODEL_FORMAT={(settings.Format == WeightsFormat.Mistral ? "mistral" : "hf")}",
            $"MODEL_BYTES={endpoint.Placement.Model.WeightBytes}",
            $"MODEL_CHECKSUMS={WeightsChecksums.Marks(settings.Checksums)}",
            "python3", script, models,
        ], null, cancel);
        var fetched = Path.Combine(models, endpoint.Placement.Model.Id.Replace("/", "--", StringComparison.Ordinal), settings.Revision);
        var repository = Path.Combine(target, "hub", endpoint.Placement.Model.Id);
        var complete = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(fetched, "complete.json"), cancel))!;
        HubFile[] files = [.. complete["files"]!.AsArray().Select(file => new HubFile(
            file!["name"]!.GetValue<string>(), file["size"]!.GetValue<long>(), file["git"]?.GetValue<string>() ?? "",
            file["sha256"]?.GetValue<string>()))];
        Directory.CreateDirectory(repository);
        Directory.Move(fetched, Path.Combine(repository, "files"));
        StoredJson.Write(Path.Combine(repository, HubManifest.FileName), new HubManifest(endpoint.Placement.Model.Id, [settings.Revision], Gated: false, files));
    }

    // Neither weights nor their format depend on the network.
    private const string AnyRange = "10.0.0.0/16";

    [GeneratedRegex(@"\A[a-z0-9][A-Za-z0-9._:/-]*@sha256:[0-9a-f]{64}\z")]
    private static partial Regex Pinned();
}
