using System.Runtime.CompilerServices;

namespace Infra.Tests.Node;

/// <summary>How strict a build is: that of <c>pulumi up</c> on someone's machine, and that of <c>./infra check</c>.</summary>
public sealed class BuildPropertiesTests
{
    [Theory]
    [InlineData("", "TreatWarningsAsErrors", "false")]
    [InlineData("", "RunAnalyzersDuringBuild", "false")]
    [InlineData("", "EnforceCodeStyleInBuild", "false")]
    [InlineData("true", "TreatWarningsAsErrors", "true")]
    [InlineData("true", "RunAnalyzersDuringBuild", "true")]
    [InlineData("true", "EnforceCodeStyleInBuild", "true")]
    public async Task Warnings_are_errors_only_in_the_check(string strict, string property, string expected) =>
        Assert.Equal(expected, await PropertyAsync(property, ("StrictBuild", strict)));

    // Whatever the band of the .NET SDK, and in the user's own CI too: a near version of a provider was never tried.
    [Theory]
    [InlineData("")]
    [InlineData("true")]
    public async Task Another_version_than_the_one_asked_for_is_an_error_everywhere(string strict) =>
        Assert.Contains("NU1603", await PropertyAsync("WarningsAsErrors", ("StrictBuild", strict), ("CI", "true")),
            StringComparison.Ordinal);

    [Fact]
    public async Task The_check_builds_strictly()
    {
        using var clone = new InfraClone();
        clone.Stub("dotnet", "echo \"${StrictBuild-}|$1\"");
        foreach (var tool in new[] { "shellcheck", "shfmt" })
        {
            clone.Stub(tool, "exit 0");
        }

        clone.Stub("dpkg-query", "printf installed");
        var check = await clone.RunAsync("PulumiSdk=offline \"$infra\" check");
        Assert.True(check.ExitCode == 0, check.All);
        Assert.Contains("true|format\n", check.Output, StringComparison.Ordinal);
        Assert.Contains("true|build\n", check.Output, StringComparison.Ordinal);
    }

    private static async Task<string> PropertyAsync(string property, params (string Name, string Value)[] environment)
    {
        var project = Path.GetFullPath(Path.Combine(Here(), "..", "..", "stacks", "Infra.Stacks.csproj"));
        var all = environment.ToDictionary(variable => variable.Name, variable => variable.Value);
        all["PulumiSdk"] = "offline";
        var answer = await Tool.RunAsync("dotnet", ["msbuild", project, $"-getProperty:{property}"], null, all);
        Assert.True(answer.ExitCode == 0, answer.All);
        return answer.Output.Trim();
    }

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
