using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Plan;
using Infra.Tests.Deployments;
using YamlDotNet.RepresentationModel;

namespace Infra.Tests.Node;

/// <summary>The files of a live run: scripts, stack and workflow.</summary>
public sealed class LiveFilesTests
{
    [Fact]
    public void The_stack_of_a_live_run_is_one_node_of_the_cheapest_size_behind_a_load_balancer()
    {
        var values = ((YamlMappingNode)StackFiles.Document("live/stack.yaml")["config"])
            .ToDictionary(entry => StackFiles.Text(entry.Key), entry => StackFiles.Value(entry.Value));
        var endpoint = Assert.Single(StackPlan.Read(values, null, StackFiles.Root).Endpoints);

        Assert.Equal(1, endpoint.Replicas);
        Assert.Equal(Access.Internal, endpoint.Access);
        var cheapest = ModelCatalog.Load().Sizes.Values.Where(size => size.UsdPerHour is not null).MinBy(size => size.UsdPerHour)!;
        Assert.Equal(cheapest.Slug, endpoint.Placement.Size.Slug);
        // 20 minutes of an answer need their tokens, at the 60 to 80 a second that such a card gives.
        Assert.True(endpoint.Placement.MaxModelLen >= 1200 * 80, $"{endpoint.Placement.MaxModelLen}");
    }

    [Fact]
    public void Whatever_happens_to_the_workflow_everything_is_deleted()
    {
        var jobs = (YamlMappingNode)StackFiles.Document(".github/workflows/live.yml")["jobs"];
        var ask = ((YamlSequenceNode)jobs["ask"]["steps"]).Cast<YamlMappingNode>().ToArray();
        var asks = Array.FindIndex(ask, step => Run(step) == "live/run");
        var ends = Array.FindIndex(ask, step => Run(step) == "live/run end");
        Assert.InRange(asks, 0, ends);
        Assert.All(ask[ends..], step => Assert.Equal("always()", StackFiles.Text(step["if"])));
        Assert.Equal("always()", StackFiles.Text(jobs["janitor"]["if"]));
        Assert.Equal("ask", StackFiles.Text(jobs["janitor"]["needs"]));
        Assert.Contains(((YamlSequenceNode)jobs["janitor"]["steps"]).Cast<YamlMappingNode>(), step => Run(step) == "live/janitor");
        // The steps must fit into the job, or the cleanup has no time left.
        Assert.True(int.Parse(StackFiles.Text(jobs["ask"]["timeout-minutes"]), null)
            >= ask.Where(step => step.Children.ContainsKey("timeout-minutes"))
                .Sum(step => int.Parse(StackFiles.Text(step["timeout-minutes"]), null)));
        var concurrency = StackFiles.Document(".github/workflows/live.yml")["concurrency"];
        Assert.Equal("false", StackFiles.Text(concurrency["cancel-in-progress"]));
    }

    private static string? Run(YamlMappingNode step) => step.Children.TryGetValue("run", out var run) ? StackFiles.Text(run) : null;
}
