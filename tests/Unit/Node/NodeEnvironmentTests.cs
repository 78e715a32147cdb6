using System.Text.RegularExpressions;
using CsCheck;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Node;

public sealed class NodeEnvironmentTests
{
    private static readonly EndpointPlan s_plan = NodeSamples.Plan();

    [Fact]
    public void Lines_are_sorted_and_each_is_a_key_and_a_value()
    {
        var lines = NodeSamples.Environment().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(lines.Order(StringComparer.Ordinal), lines);
        Assert.All(lines, line => Assert.Matches("^[A-Z][A-Z0-9_]*=", line));
    }

    [Theory]
    [InlineData("a b\"c")]
    [InlineData("$(id)")]
    [InlineData("a\nB=1")]
    [InlineData("back\\slash")]
    [InlineData(" leading")]
    [InlineData("semi;colon")]
    [InlineData("#")]
    public void A_value_that_two_readers_would_read_differently_is_a_user_error(string name)
    {
        var refused = Assert.Throws<ConfigurationException>(() => NodeSamples.Environment(s_plan with { ServedModelName = name }));
        var error = refused.Errors[0];
        Assert.Contains("MODEL_SERVED_NAME", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_rendered_is_read_back_as_it_was() =>
        Gen.String[Gen.Char[" abcXYZ019_.,:/@=+~<>![]-\"'$\\#;\n\t"], 0, 20].Sample(name =>
        {
            string text;
            try
            {
                text = NodeSamples.Environment(s_plan with { ServedModelName = name });
            }
            catch (ConfigurationException)
            {
                return;
            }

            var values = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => pair[1]);
            Assert.Equal(name, values["MODEL_SERVED_NAME"]);
        });

    [Fact]
    public void Every_size_of_the_catalog_can_be_written()
    {
        foreach (var size in NodeSamples.Catalog.Sizes.Keys)
        {
            Assert.Contains("\nGPU_NAME=", NodeSamples.Environment(NodeSamples.Plan(size: size)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_name_of_a_card_is_shown_without_what_a_value_may_not_have()
    {
        var own = s_plan with { Placement = s_plan.Placement with { Gpu = s_plan.Placement.Gpu with { Name = "Karte \"A\" (lab; $1)" } } };
        Assert.Contains("\nGPU_NAME=Karte A lab 1\n", NodeSamples.Environment(own), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_that_the_catalog_takes_can_be_written() =>
        Gen.String[Gen.Char[" abcXYZ019_.,:/@=+~<>![]{}%-\"'$\\#;"], 1, 8].Where(word => Regex.IsMatch(word, Patterns.Word)).Sample(word =>
        {
            var model = s_plan.Placement.Model;
            var own = model with { Flags = [.. model.Flags, word] };
            NodeSamples.Environment(s_plan with { Placement = s_plan.Placement with { Model = own } });
        });

    [Fact]
    public void Each_installation_has_only_its_own_engine()
    {
        var container = NodeSamples.Environment();
        var venv = NodeSamples.Environment(EngineInstall.Venv);
        Assert.Contains("\nENGINE_IMAGE=docker.io/vllm/vllm-openai@sha256:", container, StringComparison.Ordinal);
        Assert.Contains("\nENGINE_REQUIREMENTS=\n", container, StringComparison.Ordinal);
        Assert.Contains("\nENGINE_IMAGE=\n", venv, StringComparison.Ordinal);
        Assert.Contains("\nENGINE_REQUIREMENTS=vllm==0.31.0", venv, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Access.Private, "", "", "")]
    [InlineData(Access.Private, "10.100.0.0/20", "", "10.100.0.0/20")]
    [InlineData(Access.Private, "10.100.0.0/20", "web", "10.20.0.0/24,10.100.0.0/20")]
    [InlineData(Access.Internal, "", "", "10.20.0.0/24")]
    [InlineData(Access.Internal, "10.100.0.0/20", "", "10.20.0.0/24")]
    [InlineData(Access.Public, "198.51.100.0/24", "", "10.20.0.0/24")]
    public void A_node_lets_in_on_its_own_no_more_than_the_cloud_firewall_can_express(Access access, string cidrs, string tags,
        string expected)
    {
        var ports = PortAccess.Of(
            new() { AdminCidrs = ["203.0.113.7/32"] }, new() { Access = access, ClientCidrs = Words(cidrs), ClientTags = Words(tags) });
        var environment = NodeSamples.Environment(s_plan with { Ports = ports });
        Assert.Contains($"\nFIREWALL_CLIENT_CIDRS={expected}\n", environment, StringComparison.Ordinal);
        Assert.Contains("\nFIREWALL_ADMIN_CIDRS=203.0.113.7/32\n", environment, StringComparison.Ordinal);

        static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
    }
}
