using System.Text;
using System.Text.Json.Nodes;
using Infra.Lab.Files;
using Infra.Lab.Host;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;

namespace Infra.Lab.Cloud;

/// <summary>
/// A catalog file for a stack that <c>pulumi up</c> creates in the lab: the digests of the images and the checksums of the weights that the
/// mirrors serve, and the rows of the stack's own file. Without it, a Droplet would rightly refuse both: they are not the real ones.
/// </summary>
internal static class CloudCatalog
{
    /// <summary>Folder of the files in <see cref="LabFolder.Public"/>: <c>STACK.json</c>.</summary>
    public const string FolderName = "catalogs";

    public static string FileOf(LabFolder folder, string stack) => Path.Combine(folder.Public, FolderName, $"{stack}.json");

    /// <summary>Writes the file of a stack.</summary>
    /// <param name="folder">The lab.</param>
    /// <param name="stack">Name of the stack.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="projectFolder">Base of a relative path of the stack's own catalog.</param>
    /// <param name="content">What the mirrors serve.</param>
    public static void Write(LabFolder folder, string stack, StackPlan plan, string projectFolder, MirrorContent content)
    {
        var own = plan.Config.Catalog is { } file ? JsonNode.Parse(File.ReadAllText(Path.Combine(projectFolder, file)))!.AsObject() : [];
        AtomicFile.Write(
            FileOf(folder, stack), Encoding.UTF8.GetBytes($"{Of(plan, content, own).ToJsonString(Readable)}\n"), AtomicFile.Public);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The rows of a stack's own file with the lab's digests and checksums, and those of further models and engines.</summary>
    public static JsonObject Of(StackPlan plan, MirrorContent content, JsonObject own)
    {
        var file = own.DeepClone().AsObject();
        foreach (var engine in plan.Endpoints.Select(endpoint => endpoint.Placement.Engine).DistinctBy(engine => engine.Version))
        {
            Row(file, "engines", "version", engine.Version)["images"] = Images(engine, content.Digests);
        }

        foreach (var model in plan.Endpoints.Select(endpoint => endpoint.Placement.Model).DistinctBy(model => model.Id))
        {
            var row = Row(file, "models", "id", model.Id);
            if (model.WeightsUrl is { } hub)
            {
                row["weightsUrl"] = hub;
            }

            // Checksums belong to the commit of the row. Without one, nodes take the hub's, which is the mirror here.
            if (model.Revision is { } revision)
            {
                row["revision"] = revision;
                row["checksums"] = new JsonObject(content.Checksums[model.Id].OrderBy(sum => sum.Key, StringComparer.Ordinal)
                    .Select(sum => KeyValuePair.Create(sum.Key, (JsonNode?)sum.Value)));
            }
        }

        return file;
    }

    /// <summary>The stack's own row, or a new one that replaces the built-in row and has its other members.</summary>
    private static JsonObject Row(JsonObject file, string list, string key, string id)
    {
        if (file[list] is not JsonArray rows)
        {
            file[list] = rows = [];
        }

        if (rows.OfType<JsonObject>().FirstOrDefault(row => row[key] is JsonValue value && value.ToString() == id) is { } own)
        {
            return own;
        }

        var added = new JsonObject { [key] = id, ["basedOn"] = id, ["replaces"] = true };
        rows.Add(added);
        return added;
    }

    private static JsonObject Images(EngineRelease engine, IReadOnlyDictionary<string, string> digests)
    {
        var images = new JsonObject();
        foreach (var (vendor, image) in engine.Images.OrderBy(image => image.Key))
        {
            var row = new JsonObject
            {
                ["repository"] = image.Repository,
                ["digest"] = digests.GetValueOrDefault(MirrorContent.ImageKey(image.Repository, engine.Version)) ?? image.Digest,
            };
            if (image.CompressedBytes is { } bytes)
            {
                row["compressedBytes"] = bytes;
            }

            if (image.MinimumDriver is { } driver)
            {
                row["minimumDriver"] = driver;
            }

            images[vendor.ToString().ToLowerInvariant()] = row;
        }

        return images;
    }
}
