using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Cli.CommandLine;
using Infra.Cli.Preview;
using Infra.Cli.Project;
using Infra.Node;
using Infra.Planning;
using Infra.Planning.Catalog;
using Infra.Tests.Deployments;

namespace Infra.Tests.Golden;

/// <summary>
/// The five stacks: the plan of each, and what its nodes boot from. <c>cluster</c> and <c>prod</c> have every resource with its inputs,
/// except those that differ from an earlier one only in their names; their endpoints have every kind of access. The others have their
/// resources as a list.
/// </summary>
[Collection(SerialDeployments.Name)]
public sealed class StackGoldenTests
{
    /// <summary>RFC 5737 and placeholders: what is only known once it exists.</summary>
    private const string VpcRange = "10.116.0.0/20";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static TheoryData<string> Stacks => ["cluster", "dev", "large", "local", "prod"];

    [Fact]
    public void Every_stack_file_has_its_goldens() =>
        Assert.Equal(Stacks.Select(row => row.Data).Order(), PulumiProject.Find(GoldenFile.Root()).Stacks);

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task A_stack_declares_what_was_reviewed(string stack)
    {
        var preview = await StackPreview.RunAsync(PulumiProject.Find(GoldenFile.Root()), stack);
        var report = JsonNode.Parse(TerminalJson.Text(PreviewReport.Of(preview), PreviewJson.Default.PreviewReport))!;
        var resources = report["resources"]!.AsArray();
        report["resources"] = new JsonArray([.. stack is "cluster" or "prod"
            ? WithoutRepetition(resources, [.. preview.Plan.Endpoints.Select(endpoint => endpoint.Name)])
            : resources.Select(Short)]);
        // The reasons are those of the sizing rules, and almost the same for every endpoint: one list of them is enough.
        foreach (var endpoint in report["endpoints"]!.AsArray().Skip(stack == "cluster" ? 1 : 0))
        {
            endpoint!.AsObject().Remove("notChosen");
        }

        GoldenFile.Matches($"tests/Golden/stacks/{stack}/preview.json", report.ToJsonString(Json) + "\n");
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task The_nodes_of_a_stack_boot_from_what_was_reviewed(string stack)
    {
        var preview = await StackPreview.RunAsync(PulumiProject.Find(GoldenFile.Root()), stack);
        foreach (var endpoint in preview.Plan.Endpoints)
        {
            var environment = NodeEnvironment.Render(
                endpoint, VpcRange, endpoint.CacheVolumeGiB is null ? null : Names.CacheVolume(stack, endpoint.Name, 0));
            var hostname = Names.Hostname(stack, endpoint.Name, 0);
            var userData = CloudConfig.Render(new CloudConfigInputs
            {
                Hostname = hostname,
                NodeEnvironment = environment,
                OpsSshPublicKeys = ["ssh-ed25519 OPERATOR stack", .. endpoint.AdminSshKeys],
                BootstrapHostKeyPrivate = "ONE-USE PRIVATE KEY",
                BootstrapHostKeyPublic = "ecdsa-sha2-nistp256 ONE-USE",
            });

            GoldenFile.Matches($"tests/Golden/stacks/{stack}/{endpoint.Name}.node.env", environment);
            GoldenFile.Matches("tests/Golden/stacks/user-data.yaml", Common(userData, hostname, environment));
        }
    }

    /// <summary>A row of this file is reviewed against DigitalOcean's page and its date.</summary>
    [Fact]
    public void The_sizes_and_their_prices_are_those_that_were_reviewed()
    {
        var catalog = ModelCatalog.Load();
        var list = new StringBuilder("slug,gpu,gpu_count,vram_gb_per_gpu,vcpus,ram_gib,boot_disk_gb,scratch_disk_gb,usd_per_hour,regions,"
            + "image_slug,availability,source_date\n");
        foreach (var size in catalog.Sizes.Values)
        {
            list.Append(CultureInfo.InvariantCulture,
                $"{size.Slug},{size.Gpu},{size.GpuCount},{catalog.GpuOf(size).MemoryGB},{size.Vcpus},{size.RamGiB},{size.BootDiskGB},"
                    + $"{size.ScratchDiskGB},{size.UsdPerHour:0.00},{string.Join(';', size.Regions)},{size.Image},"
                    + $"{CatalogWords.Of(size.Availability)},{size.SourceDate}\n");
        }

        GoldenFile.Matches("tests/Golden/gpu-sizes.csv", list.ToString());
    }

    [Fact]
    public void The_node_files_are_those_that_were_reviewed()
    {
        var list = new StringBuilder();
        foreach (var file in NodeFiles.All)
        {
            list.Append(CultureInfo.InvariantCulture, $"{file.Mode} {Hash(file.Content)[..16]} {file.Path}\n");
        }

        GoldenFile.Matches("tests/Golden/stacks/node-files.txt", list.ToString());
    }

    [Fact]
    public async Task The_readme_shows_what_the_stacks_cost()
    {
        var table = new StringBuilder("| stack | endpoint | model | hardware | context | USD/h |\n|---|---|---|---|---|---|\n");
        foreach (var stack in Stacks.Select(row => row.Data))
        {
            var preview = await StackPreview.RunAsync(PulumiProject.Find(GoldenFile.Root()), stack);
            foreach (var endpoint in preview.Plan.Endpoints)
            {
                var placement = endpoint.Placement;
                table.Append(CultureInfo.InvariantCulture,
                    $"| {stack} | {endpoint.Name} | {placement.Model.Id.Split('/')[^1]} | {endpoint.Replicas} x "
                        + $"{placement.Size.Slug} | {placement.MaxModelLen:N0} | {endpoint.UsdPerHour:0.00} |\n");
            }
        }

        GoldenFile.MatchesSection("README.md", "stacks", table.ToString());
    }

    /// <summary>Each resource in full, or as a line if an earlier one is the same but for the names of endpoint and node.</summary>
    private static IEnumerable<JsonNode?> WithoutRepetition(JsonArray resources, string[] endpoints)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var resource in resources)
        {
            var name = (string)resource!["name"]!;
            var endpoint = endpoints.FirstOrDefault(endpoint => Regex.IsMatch(name, $@"^{endpoint}\b"));
            var text = endpoint is null
                ? resource.ToJsonString()
                : Regex.Replace(Regex.Replace(resource.ToJsonString(), $@"\b{endpoint}-\d+\b", "NODE"), $@"\b{endpoint}\b", "ENDPOINT");
            yield return seen.TryAdd(text, name) ? resource.DeepClone() : $"{Line(resource)}, as {seen[text]}";
        }
    }

    private static string Line(JsonNode resource) => $"{resource["type"]} {resource["name"]} {resource["parent"]}";

    /// <summary>
    /// Type, name and parent. Droplets and readiness gates are in full: their inputs have the image and the timeout of a size that only
    /// this stack uses.
    /// </summary>
    private static JsonNode? Short(JsonNode? resource)
    {
        var type = (string)resource!["type"]!;
        return type is "digitalocean:index/droplet:Droplet" or "infra:components:ReadinessGate"
            ? resource.DeepClone()
            : Line(resource);
    }

    /// <summary>
    /// User data with placeholders: the host name and node.env of a node, and the archive of static files, which git shows already and
    /// <c>node-files.txt</c> lists. Everything else is the same on every node.
    /// </summary>
    private static string Common(string userData, string hostname, string environment)
    {
        var start = userData.IndexOf('\n', StringComparison.Ordinal) + 1;
        var config = JsonNode.Parse(userData[start..])!;
        Replace(config, "hostname", hostname, "STACK-ENDPOINT-0");
        foreach (var file in config["write_files"]!.AsArray())
        {
            if (file!["encoding"] is not null)
            {
                file["content"] = "the archive of node-files.txt";
            }
            else if ((string?)file["path"] == "/etc/inference/node.env")
            {
                Replace(file, "content", environment, "STACK/ENDPOINT.node.env");
            }
        }

        return userData[..start] + config.ToJsonString(Json) + "\n";
    }

    private static void Replace(JsonNode parent, string key, string expected, string placeholder)
    {
        Assert.Equal(expected, (string?)parent[key]);
        parent[key] = placeholder;
    }

    private static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
