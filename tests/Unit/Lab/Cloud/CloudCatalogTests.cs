using System.Text;
using System.Text.Json.Nodes;
using Infra.Lab.Cloud;
using Infra.Lab.Host;
using Infra.Lab.Stacks;
using Infra.Planning.Catalog;
using Infra.Planning.Plan;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Lab.Cloud;

/// <summary>A stack with the lab's catalog file plans what the lab serves, and nothing else changes.</summary>
public sealed class CloudCatalogTests
{
    private const string Digest = "sha256:00000000000000000000000000000000000000000000000000000000000000ab";
    private const string Sum = "00000000000000000000000000000000000000000000000000000000000000cd";

    public static TheoryData<string> Stacks => ["cluster", "dev", "large", "local", "prod"];

    [Theory]
    [MemberData(nameof(Stacks))]
    public void A_plan_from_the_file_is_the_plan_that_the_lab_makes_by_itself(string stack)
    {
        var plan = Plan(stack, null);
        var content = Content(plan);
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, CloudCatalog.Of(plan, content, []).ToJsonString());

            var changed = Plan(stack, file);

            var expected = LabPlan.In(plan, content);
            Assert.Equal(expected.Endpoints.Select(Facts), changed.Endpoints.Select(Facts));
            Assert.Equal(plan.UsdPerHour, changed.UsdPerHour);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Rows_of_the_stacks_own_file_stay_and_get_the_labs_digests()
    {
        var plan = Plan("dev", null);
        var engine = plan.Endpoints[0].Placement.Engine.Version;
        var own = JsonNode.Parse($$"""
            {"sizes": [{"slug": "mine"}], "engines": [{"version": "{{engine}}", "basedOn": "{{engine}}", "replaces": true, "note": "n"}]}
            """)!.AsObject();

        var file = CloudCatalog.Of(plan, Content(plan), own);

        var row = Assert.Single(file["engines"]!.AsArray())!;
        Assert.Equal(("n", Digest), ((string?)row["note"], (string?)row["images"]!["nvidia"]!["digest"]));
        Assert.Equal("mine", (string?)file["sizes"]![0]!["slug"]);
        Assert.False(own["engines"]![0]!.AsObject().ContainsKey("images"));
    }

    private static string Facts(EndpointPlan endpoint) => new StringBuilder().AppendJoin('\n',
    [
        endpoint.Name, endpoint.Placement.Size.Slug, endpoint.Revision, endpoint.Hub, endpoint.Placement.Model.SystemPrompt ?? "",
        .. endpoint.Placement.Engine.Images.OrderBy(image => image.Key).Select(image => $"{image.Key} {image.Value}"),
        .. endpoint.Checksums.OrderBy(sum => sum.Key, StringComparer.Ordinal).Select(sum => $"{sum.Key} {sum.Value}"),
    ]).ToString();

    private static MirrorContent Content(StackPlan plan) => new(
        plan.Endpoints.SelectMany(endpoint => endpoint.Placement.Engine.Images.Values
            .Select(image => MirrorContent.ImageKey(image.Repository, endpoint.Placement.Engine.Version))).Distinct()
            .ToDictionary(key => key, _ => Digest),
        plan.Endpoints.Select(endpoint => endpoint.Placement.Model).DistinctBy(model => model.Id).ToDictionary(
            model => model.Id,
            model => (IReadOnlyDictionary<string, string>)new Dictionary<string, string>
            {
                [model.ServedFormat == WeightsFormat.Mistral ? "params.json" : "config.json"] = Sum,
            }));

    private static StackPlan Plan(string stack, string? catalog)
    {
        var file = Infra.Cli.Project.PulumiProject.Find(StackFiles.Root).Configuration(stack);
        var values = new Dictionary<string, string>(file.Values);
        if (catalog is not null)
        {
            values["inference:catalog"] = catalog;
        }

        return StackPlan.Read(values, file.SecretKeys, StackFiles.Root, stack);
    }
}
