using Infra.Cli.Project;
using Infra.Planning.Errors;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>Projects that were changed by hand, refused or taken as the CLI does. Each row was run with Pulumi 3.259.0.</summary>
public sealed class ProjectRulesTests : IDisposable
{
    private const string Version = "requiredPulumiVersion: \">=3.226.0\"";
    private const string Text = "Region slug of everything in the stack, such as tor1";

    private static readonly string s_project = File.ReadAllText(Path.Combine(StackFiles.Root, "Pulumi.yaml")).ReplaceLineEndings("\n");

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-project-").FullName;

    public ProjectRulesTests() => File.WriteAllText(Path.Combine(_folder, "Pulumi.test.yaml"), "config: {}\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("runtime: dotnet", "runtime: python", "runtime")]
    [InlineData("runtime: dotnet", "runtime: {name: go}", "runtime")]
    [InlineData("runtime: dotnet", "runtime: DotNet", "runtime")]
    [InlineData("runtime: dotnet", "runtime: \"\"", "runtime")]
    [InlineData("runtime: dotnet", "runtime: [dotnet]", "runtime")]
    [InlineData("main: stacks", "main: nowhere", "main")]
    [InlineData("main: stacks", "main: [stacks]", "main")]
    [InlineData("main: stacks", "main: 5", "main")]
    [InlineData(Version, "requiredPulumiVersion: \">=9\"", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: 3.226", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: 3", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: three", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: \"^3.0.0\"", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: v3.0.0", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: \">=3.226.0,<4.0.0\"", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: \">=3.226.0 || <2\"", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: \"*\"", "requiredPulumiVersion")]
    [InlineData(Version, "requiredPulumiVersion: [\">=3.0.0\"]", "requiredPulumiVersion")]
    [InlineData("type: object", "type: objekt", "config.endpoints.type")]
    [InlineData("type: string", "typ: string", "config.region.typ")]
    [InlineData(Text, "[x]", "config.region.description")]
    [InlineData("    items:\n      type: string\n", "", "config.adminCidrs.items")]
    [InlineData("default: false", "default: perhaps", "config.ignoreAvailability.default")]
    [InlineData("default: {}", "default: []", "config.engine.default")]
    [InlineData("type: string\n    description: Maximum", "type: integer\n    description: Maximum", "config.maxHourlyUsd.default")]
    [InlineData("default: {}", "default: {}\n    secret: maybe", "config.engine.secret")]
    [InlineData("config:\n", "config:\n  surplus:\n", "config.surplus")]
    [InlineData("config:\n", "config:\n  aws:region: {type: string}\n", "config.aws:region.type")]
    [InlineData("config:\n", "config:\n  surplus: {type: string}\n", "inference:surplus")]
    [InlineData("    default: []\n", "", "inference:adminSshKeys")]
    [InlineData("description: Open", "description: 5 # Open", "description")]
    public void What_the_cli_refuses_is_one_message_with_what_to_write(string right, string wrong, string key)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Changed(right, wrong)).Errors);

        Assert.Equal(key, error.Key);
        Assert.EndsWith("Pulumi.yaml", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runtime: dotnet", "runtime: {name: dotnet, options: {binary: x}}")]
    [InlineData("main: stacks", "main: ..")]
    [InlineData("main: stacks", "main: /")]
    [InlineData("main: stacks\n", "")]
    [InlineData("main: stacks", "main: \"\"")]
    [InlineData(Version, "requiredPulumiVersion: \">= 3.226.0\"")]
    [InlineData(Version, "requiredPulumiVersion: \">=3.0.0 <4.0.0\"")]
    [InlineData(Version, "requiredPulumiVersion: \">=3.x\"")]
    [InlineData(Version, "requiredPulumiVersion: \"\"")]
    [InlineData(Version, "requiredPulumiVersion: ~")]
    [InlineData("config:\n", "colour: red\nconfig:\n")]
    [InlineData("config:\n", "config:\n  surplus: 5\n")]
    [InlineData("config:\n", "config:\n  surplus: {value: 5}\n")]
    [InlineData("config:\n", "config:\n  surplus: {type: string, default: x}\n")]
    public void What_the_cli_takes_is_read(string right, string other) => Assert.Equal("test", Changed(right, other).Stack);

    [Fact]
    public void Each_part_of_a_project_is_taken_or_refused_as_the_cli_does()
    {
        Check(ProjectReadings.Sections.Select(row => (row.Line, "config:\n", $"{row.Line}\nconfig:\n", row.Refused)));
        Check(ProjectReadings.Runtimes.Select(row => (row.Value, "runtime: dotnet", $"runtime: {row.Value}", row.Refused)));
        Check(ProjectReadings.Declarations.Select(row => (row.Line, "config:\n", $"config:\n  {row.Line}\n", row.Refused)));
    }

    [Fact]
    public void A_project_without_a_runtime_is_refused_because_pulumi_would_delete_everything()
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Changed("runtime: dotnet\n", "")).Errors);

        Assert.Equal("runtime", error.Key);
        Assert.Contains("pulumi up deletes all", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_of_versions_is_read_as_the_cli_reads_it() => Assert.All(ProjectReadings.Ranges, row => Assert.True(
        row.Taken == (row.Range.Length == 0 || VersionRange.TryParse(row.Range)?.HasFrom(new(3, 226, 0)) == true), row.Range));

    [Theory]
    [InlineData(">=4.0.0 <3.0.0")]
    [InlineData("<3.226.0")]
    [InlineData("!3.x")]
    [InlineData(">=3.0.0 <3.226.0 || 3.100.0")]
    public void A_range_without_a_version_that_the_program_runs_with_is_refused(string range)
    {
        var error = Assert.Single(
            Assert.Throws<ConfigurationException>(() => Changed(Version, $"requiredPulumiVersion: \"{range}\"")).Errors);

        Assert.Equal("requiredPulumiVersion", error.Key);
        Assert.Contains("has no version from 3.226.0 on", error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stackConfigDir: settings\nconfig:\n")]
    [InlineData("stackConfigDir: /settings/../settings\nconfig:\n")]
    public void The_stacks_files_are_in_the_folder_that_the_project_names(string section)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "settings"));
        File.Move(Path.Combine(_folder, "Pulumi.test.yaml"), Path.Combine(_folder, "settings", "Pulumi.moved.yaml"));
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Changed("config:\n", section)).Errors);
        Assert.Contains($"has no file Pulumi.test.yaml in {Path.Combine(_folder, "settings")}; the stacks there are moved", error.Problem,
            StringComparison.Ordinal);

        Assert.Equal("moved", PulumiProject.Find(_folder).Configuration("moved").Stack);
    }

    [Fact]
    public void The_folder_of_the_stacks_may_be_the_value_of_config_and_need_not_exist()
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), "name: inference\nruntime: dotnet\nconfig: settings\n");
        Assert.Empty(PulumiProject.Find(_folder).Stacks);
        Directory.CreateDirectory(Path.Combine(_folder, "settings"));
        File.WriteAllText(Path.Combine(_folder, "settings", "Pulumi.dev.yaml"), "config: {region: tor1}\n");
        Assert.Equal("tor1", PulumiProject.Find(_folder).Configuration("dev").Values["inference:region"]);
        File.AppendAllText(Path.Combine(_folder, "Pulumi.yaml"), "stackConfigDir: settings\n");
        Assert.Contains("is in 'config' too",
            Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_the_cli_reads_in_place_of_others_are_named()
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.other.yml"), "config: {}\n");
        var stack = Assert.Single(Assert.Throws<ConfigurationException>(() => Read(s_project, "other")).Errors);
        Assert.Contains("Pulumi does not read Pulumi.other.yml", stack.Problem, StringComparison.Ordinal);
        Assert.Equal($"mv {_folder}/Pulumi.other.yml {_folder}/Pulumi.other.yaml", stack.Fix);

        File.Move(Path.Combine(_folder, "Pulumi.yaml"), Path.Combine(_folder, "Pulumi.yml"));
        Assert.Equal("Pulumi.yml", Assert.Single(Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder)).Errors).Key);
        Assert.Equal("test", Read(s_project, "test").Stack);
        File.WriteAllText(Path.Combine(_folder, "Pulumi.json"), "{}");
        Assert.Equal("Pulumi.json", Assert.Single(Assert.Throws<ConfigurationException>(() => PulumiProject.Find(_folder)).Errors).Key);
    }

    private void Check(IEnumerable<(string Row, string From, string To, string? Refused)> rows)
    {
        var wrong = new List<string>();
        foreach (var (row, from, to, refused) in rows)
        {
            IReadOnlyList<UserError> errors = [];
            try
            {
                Changed(from, to);
            }
            catch (ConfigurationException refusal)
            {
                errors = refusal.Errors;
            }

            if (string.Join(" ", errors.Select(error => error.Key)) != (refused ?? "") || errors.Any(error => error.Fix.Length == 0))
            {
                wrong.Add($"{row}: {refused ?? "taken"}, but {string.Join("\n", errors)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private StackFile Changed(string from, string to)
    {
        var at = s_project.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, from);
        return Read($"{s_project[..at]}{to}{s_project[(at + from.Length)..]}", "test");
    }

    private StackFile Read(string project, string stack)
    {
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), project);
        return PulumiProject.Find(_folder).Configuration(stack);
    }
}
