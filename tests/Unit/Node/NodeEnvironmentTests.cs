using System.Text.RegularExpressions;
using CsCheck;
using Infra.Node;
using Infra.Planning.Catalog;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Node;

public sealed class NodeEnvironmentTests
{
    [Fact]
    public void Lines_are_sorted_and_each_is_a_key_and_a_value()
    {
        var lines = NodeEnvironment.Render(NodeSamples.Settings()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
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
    public void A_value_that_two_readers_would_read_differently_is_the_operators_mistake(string name)
    {
        var mistake = Assert.Throws<ConfigurationException>(() => NodeEnvironment.Render(NodeSamples.Settings() with { ServedModelName = name })).Mistakes[0];
        Assert.Contains("MODEL_SERVED_NAME", mistake.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_rendered_is_read_back_as_it_was() =>
        Gen.String[Gen.Char[" abcXYZ019_.,:/@=+~<>![]-\"'$\\#;\n\t"], 0, 20].Sample(name =>
        {
            string text;
            try
            {
                text = NodeEnvironment.Render(NodeSamples.Settings() with { ServedModelName = name });
            }
            catch (ConfigurationException)
            {
                return;
            }

            var values = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
            Assert.Equal(name, values["MODEL_SERVED_NAME"]);
        });

    [Fact]
    public void Every_size_of_the_catalog_can_be_written()
    {
        foreach (var size in NodeSamples.Catalog.Sizes.Keys)
        {
            Assert.Contains("\nGPU_NAME=", NodeEnvironment.Render(NodeSamples.Settings(size: size)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_name_of_a_card_is_shown_without_what_a_value_may_not_have()
    {
        var settings = NodeSamples.Settings();
        var own = settings with { Placement = settings.Placement with { Gpu = settings.Placement.Gpu with { Name = "Karte \"A\" (lab; $1)" } } };
        Assert.Contains("\nGPU_NAME=Karte A lab 1\n", NodeEnvironment.Render(own), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flag_that_the_catalog_takes_can_be_written() =>
        Gen.String[Gen.Char[" abcXYZ019_.,:/@=+~<>![]{}%-\"'$\\#;"], 1, 8].Where(word => Regex.IsMatch(word, Patterns.Word)).Sample(word =>
        {
            var settings = NodeSamples.Settings();
            var model = settings.Placement.Model;
            NodeEnvironment.Render(settings with { Placement = settings.Placement with { Model = model with { Flags = [.. model.Flags, word] } } });
        });

    [Fact]
    public void Each_installation_is_told_of_its_own_engine_only()
    {
        var container = NodeEnvironment.Render(NodeSamples.Settings());
        var venv = NodeEnvironment.Render(NodeSamples.Settings(install: EngineInstall.Venv));
        Assert.Contains("\nENGINE_IMAGE=docker.io/vllm/vllm-openai@sha256:", container, StringComparison.Ordinal);
        Assert.Contains("\nENGINE_REQUIREMENTS=\n", container, StringComparison.Ordinal);
        Assert.Contains("\nENGINE_IMAGE=\n", venv, StringComparison.Ordinal);
        Assert.Contains("\nENGINE_REQUIREMENTS=vllm==0.31.0", venv, StringComparison.Ordinal);
    }

    [Fact]
    public void No_pinned_commit_is_the_operators_mistake()
    {
        var placement = NodeSamples.Settings().Placement;
        var unpinned = placement with { Model = placement.Model with { Revision = null } };
        var mistake = Assert.Throws<ConfigurationException>(() => NodeSettings.From("chat", unpinned, new EndpointSettings(), EngineInstall.Container, [], [], "10.0.0.0/16")).Mistakes[0];
        Assert.Equal("endpoints.chat.revision", mistake.Key);
    }

    [Fact]
    public void Without_clients_of_its_own_the_private_port_is_open_to_the_vpc() =>
        Assert.Equal(["10.20.0.0/24"], NodeSamples.Settings().ClientCidrs);
}
