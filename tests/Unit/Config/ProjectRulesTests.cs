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
    [InlineData("runtime: dotnet\n", "")]
    [InlineData("runtime: dotnet", "runtime: {}")]
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

    private StackFile Changed(string from, string to)
    {
        var at = s_project.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, from);
        File.WriteAllText(Path.Combine(_folder, "Pulumi.yaml"), $"{s_project[..at]}{to}{s_project[(at + from.Length)..]}");
        return PulumiProject.Find(_folder).Configuration("test");
    }
}
