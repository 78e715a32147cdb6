using System.Text.Json;
using Infra.Planning.Config;
using Infra.Planning.Reading;
using Infra.Tests.Deployments;
using YamlDotNet.RepresentationModel;

namespace Infra.Tests.Unit.Config;

public sealed class ProjectFileTests
{
    private static readonly YamlMappingNode s_project = StackFiles.Document("Pulumi.yaml");

    // All that Pulumi has (pulumi/pulumi sdk/go/common/workspace/project.json, 2026-08-21).
    private static readonly string[] s_types = ["string", "integer", "boolean", "array", "object"];

    private static readonly Dictionary<string, YamlMappingNode> s_keys =
        ((YamlMappingNode)s_project["config"]).ToDictionary(entry => StackFiles.Text(entry.Key), entry => (YamlMappingNode)entry.Value);

    [Fact]
    public void The_project_is_the_namespace_of_the_settings_and_its_program_is_in_stacks()
    {
        Assert.Equal(ConfigNames.Namespace, StackFiles.Text(s_project["name"]));
        Assert.Equal("dotnet", StackFiles.Text(s_project["runtime"]));
        Assert.Equal("stacks", StackFiles.Text(s_project["main"]));
        // Below it, the engine drops or misreads replacement triggers: new node files would come onto no node.
        Assert.Equal(">=3.226.0", StackFiles.Text(s_project["requiredPulumiVersion"]));
    }

    [Fact]
    public void Every_setting_is_declared_with_type_and_description_and_nothing_else_is()
    {
        Assert.Equal(
            RecordShape.Of(typeof(StackConfig)).Names.Append(ConfigNames.HuggingFaceToken).Order(StringComparer.Ordinal),
            s_keys.Keys.Order(StringComparer.Ordinal));
        Assert.All(s_keys.Values, key =>
        {
            Assert.NotEmpty(StackFiles.Text(key["description"]));
            Assert.Contains(StackFiles.Text(key["type"]), s_types);
            Assert.Equal(StackFiles.Text(key["type"]) == "array", key.Children.ContainsKey("items"));
        });
    }

    [Fact]
    public void Pulumi_asks_for_the_settings_that_have_no_default_and_for_no_other() =>
        Assert.Equal(
            RecordShape.Of(typeof(StackConfig)).Members.Where(member => member.Required).Select(member => member.Name).Order(),
            s_keys.Where(key => !key.Value.Children.ContainsKey("default")).Select(key => key.Key).Order());

    [Fact]
    public void The_defaults_of_the_project_are_those_of_the_program()
    {
        var defaults = s_keys
            .Where(key => key.Value.Children.ContainsKey("default"))
            .ToDictionary(key => $"inference:{key.Key}", key => StackFiles.Value(key.Value["default"]));
        var bound = StackConfig.Parse(Configs.With().Concat(defaults).ToDictionary());
        var untouched = StackConfig.Parse(Configs.With());
        Assert.Equal(JsonSerializer.Serialize(untouched), JsonSerializer.Serialize(bound));
    }
}
