using System.Text.Json;
using Infra.Cli.Project;
using Infra.Planning.Config;
using Infra.Planning.Errors;
using Infra.Tests.Node;

namespace Infra.Tests.Unit.Lab;

public sealed class StackFileTests : IDisposable
{
    private const string Project = "name: inference\nruntime: dotnet";

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-project-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Scalars_are_text_and_collections_are_json_as_the_engine_passes_them()
    {
        var values = Configuration("""
            config:
              inference:region: tor1
              inference:maxHourlyUsd: 2.50
              inference:adminCidrs: ["203.0.113.7/32"]
              inference:endpoints:
                chat: {model: m, replicas: 2, vision: false, servedModelName: "3"}
            """).Values;

        Assert.Equal("tor1", values["inference:region"]);
        Assert.Equal("2.5", values["inference:maxHourlyUsd"]);
        Assert.Equal("""["203.0.113.7/32"]""", values["inference:adminCidrs"]);
        var chat = JsonDocument.Parse(values["inference:endpoints"]).RootElement.GetProperty("chat");
        Assert.Equal(2, chat.GetProperty("replicas").GetInt32());
        Assert.False(chat.GetProperty("vision").GetBoolean());
        Assert.Equal("3", chat.GetProperty("servedModelName").GetString());
    }

    [Fact]
    public void A_key_without_a_namespace_belongs_to_the_project() =>
        Assert.Equal("tor1", Configuration("config: {region: tor1}").Values["inference:region"]);

    [Fact]
    public void Defaults_of_the_project_are_filled_in_and_the_stack_overrides_them()
    {
        const string project = """
            name: inference
            runtime: dotnet
            config:
              region: {type: string, default: nyc2}
              inference:vpcCidr: {value: 10.1.0.0/16}
            """;

        Assert.Equal("nyc2", Configuration("config: {}", project).Values["inference:region"]);
        Assert.Equal("tor1", Configuration("config: {inference:region: tor1}", project).Values["inference:region"]);
        Assert.Equal("10.1.0.0/16", Configuration("config: {}", project).Values["inference:vpcCidr"]);
    }

    [Fact]
    public void A_secure_value_is_a_secret_and_its_ciphertext_does_not_leave_the_file()
    {
        var configuration = Configuration("""
            config:
              inference:huggingFaceToken: {secure: v1:ciphertext}
            """);

        Assert.Contains("inference:huggingFaceToken", configuration.SecretKeys);
        Assert.Equal(ConfigNames.Encrypted, configuration.Values["inference:huggingFaceToken"]);
    }

    [Theory]
    [InlineData("config: [", "is not YAML")]
    [InlineData("config: text", "not a mapping")]
    [InlineData("- a\n- b", "must be one mapping")]
    [InlineData("config: {a: 1, a: 2}", "is not YAML")]
    [InlineData("config: {inference:region: tor1, region: nyc2}", "which are the same setting")]
    [InlineData("config:\n  inference:tags: &all [*all]", "check for a recursive alias")]
    [InlineData("config: &all\n  inference:region: *all", "check for a recursive alias")]
    [InlineData("config: &all\n  <<: *all", "check for a recursive alias")]
    [InlineData("config:\n  inference:region:\n    <<: text", "takes a mapping")]
    [InlineData("config:\n  inference:endpoints:\n\tchat: {}", "line 3: column 1: a tab indents the line")]
    public void A_broken_file_is_a_user_error_and_names_the_file(string stack, string problem)
    {
        var exception = Assert.Throws<ConfigurationException>(() => Configuration(stack));

        Assert.Contains("Pulumi.test.yaml", exception.Message, StringComparison.Ordinal);
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_aliases_make_huge_is_refused_before_it_fills_the_memory()
    {
        var levels = string.Join("\n", Enumerable.Range(1, 12).Select(level =>
            $"a{level}: &a{level} [{string.Join(", ", Enumerable.Repeat($"*a{level - 1}", 9))}]"));

        var exception = Assert.Throws<ConfigurationException>(() =>
            Configuration($"a0: &a0 x\n{levels}\nconfig: {{inference:tags: *a12}}"));

        Assert.Contains("Pulumi.test.yaml", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_nested_too_deeply_is_a_user_error() =>
        Assert.Throws<ConfigurationException>(() =>
            Configuration($"config: {{inference:tags: {new string('[', 500)}{new string(']', 500)}}}"));

    [Fact]
    public void A_merge_key_brings_what_a_mapping_does_not_set_itself()
    {
        var values = Configuration("""
            config:
              inference:endpoints:
                chat: &usual {model: m, replicas: 1}
                code:
                  <<: [*usual, {replicas: 3, vision: false}]
                  model: n
            """).Values;

        Assert.Equal("""{"chat":{"model":"m","replicas":1},"code":{"model":"n","replicas":1,"vision":false}}""",
            values["inference:endpoints"]);
    }

    [Fact]
    public void A_project_is_found_from_the_current_folder_first_and_from_the_programs_if_there_is_none()
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), Project);
        var inside = Directory.CreateDirectory(Path.Combine(_folder, "artifacts", "bin")).FullName;

        Assert.Equal(_folder, PulumiProject.Find(Path.GetTempPath(), inside).Folder);
        Assert.Equal(_folder, PulumiProject.Find(_folder, AppContext.BaseDirectory).Folder);
    }

    [Fact]
    public void An_unknown_stack_lists_those_that_exist()
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), Project);
        File.WriteAllText(Path.Combine(_folder, "Pulumi.dev.yaml"), "config: {}");

        var exception = Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder).Configuration("prdo"));

        Assert.Contains($"in {_folder}; the stacks there are dev\n", exception.Message, StringComparison.Ordinal);
        Assert.EndsWith("fix: ./infra preview", exception.Message, StringComparison.Ordinal);
        var down = Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder).Configuration("prdo", "down"));
        Assert.EndsWith("fix: ./infra status", down.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_stack_is_answered_with_the_nearest()
    {
        foreach (var stack in new[] { "cluster", "dev", "prod" })
        {
            File.WriteAllText(Path.Combine(_folder, $"Pulumi.{stack}.yaml"), "config: {}");
        }

        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), Project);
        var error = Assert.Single(
            Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder).Configuration("prdo")).Errors);

        Assert.Equal("./infra preview prod", error.Fix);
        // As the CLI writes it, and a path.
        foreach (var typed in new[] { "acme/inference/prod", $"{_folder}/Pulumi.prod.yaml" })
        {
            error = Assert.Single(
                Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder).Configuration(typed)).Errors);
            Assert.Equal("./infra preview prod", error.Fix);
        }
    }

    [Theory]
    [InlineData("Pulumi.test.yaml", "nowhere", "cannot be read: it is a link to a file that does not exist")]
    [InlineData("Pulumi.test.yaml", "Pulumi.test.yaml", "cannot be read: ")]
    [InlineData("Pulumi.yaml", "nowhere", "cannot be read: it is a link to a file that does not exist")]
    public void A_link_to_nothing_is_one_message(string link, string target, string problem)
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), Project);
        File.Delete(Path.Combine(_folder, link));
        File.CreateSymbolicLink(Path.Combine(_folder, link), target);

        var error = Assert.Single(
            Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder).Configuration("test")).Errors);

        Assert.Equal(link, error.Key);
        Assert.StartsWith(problem, error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_project_is_named_before_its_stacks_are_read()
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), "name: website\nruntime: dotnet");

        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder)).Errors);

        Assert.Equal(("name", "website"), (error.Key, error.Value));
        Assert.Contains($"in {_folder}", error.Problem, StringComparison.Ordinal);
    }

    // Neither is ever opened: the one would block, the other has no end.
    [Theory]
    [InlineData("mkfifo $1")]
    [InlineData("ln -s /dev/zero $1")]
    public async Task A_stack_file_that_is_a_pipe_or_a_device_is_one_message(string makes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes and devices are made as Linux has them.");
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), Project);
        var file = Path.Combine(_folder, "Pulumi.test.yaml");
        Assert.Equal(0, (await Tool.RunAsync("sh", "-c", makes, "-", file)).ExitCode);

        var error = Assert.Single(
            Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder).Configuration("test")).Errors);

        Assert.Equal("cannot be read: it is a pipe or a device, and no regular file", error.Problem);
    }

    [Fact]
    public void A_stack_file_without_an_end_is_one_message()
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), Project);
        using (var file = File.Create(Path.Combine(_folder, "Pulumi.test.yaml")))
        {
            file.SetLength(17 << 20);
        }

        var error = Assert.Single(
            Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder).Configuration("test")).Errors);

        Assert.Equal("cannot be read: it has 17825792 bytes; 16777216 is the limit", error.Problem);
    }

    private StackFile Configuration(string stack, string project = Project)
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), project);
        File.WriteAllText(Path.Combine(_folder, "Pulumi.test.yaml"), stack);
        return PulumiProject.Find(_folder).Configuration("test");
    }
}
