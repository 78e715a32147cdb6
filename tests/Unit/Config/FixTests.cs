using Infra.Planning.Errors;
using Infra.Stacks;
using Infra.Tests.Abuse;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

/// <summary>The fixes of all errors, pasted in their order, make a config that is accepted and keeps what was written.</summary>
public sealed class FixTests
{
    private const int Pairs = 250;

    public static TheoryData<int, string> Rows() => WrongConfigurationTests.Rows();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Pasted_fixes_make_a_wrong_configuration_right_and_keep_the_rest(int row, string description)
    {
        Assert.NotEmpty(description);
        var wrong = WrongConfigurations.All[row];
        var config = Configs.With([.. wrong.With is { } right ? new[] { right } : [], (wrong.Path, wrong.Json)]);
        Assert.Equal([], Lost(config, Fixed(config)));
    }

    [Fact]
    public Task Pasted_fixes_make_two_errors_right_together() => Chance.WithSeedAsync("pairs of wrong configurations", chance =>
    {
        for (var pair = 0; pair < Pairs; pair++)
        {
            var rows = new[] { chance.Next(WrongConfigurations.All.Length), chance.Next(WrongConfigurations.All.Length) }
                .Select(row => WrongConfigurations.All[row]).ToArray();
            if (rows.Any(row => rows.Any(other => other != row && Overlap(row.Path, other.Path))))
            {
                continue;
            }
            var config = Configs.With(
                [.. rows.Select(row => row.With).OfType<(string, string?)>(), .. rows.Select(row => (row.Path, row.Json))]);
            Assert.Equal([], Lost(config, Fixed(config)));
        }
        return Task.CompletedTask;
    });

    private static bool Overlap(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal);

    private static (PulumiConfigCommands Config, IReadOnlyList<UserError> Errors) Fixed(Dictionary<string, string> config)
    {
        var shell = new PulumiConfigCommands(config);
        IReadOnlyList<UserError> errors;
        try
        {
            InferenceProgram.Read(config, projectDirectory: StackFiles.Root);
            return (shell, []);
        }
        catch (ConfigurationException exception)
        {
            errors = exception.Errors;
        }
        if (errors.Any(error => !error.Fix.StartsWith("pulumi config ", StringComparison.Ordinal)))
        {
            return (shell, errors); // more than a command can do
        }
        foreach (var error in errors)
        {
            shell.Run(error.Fix);
        }
        try
        {
            InferenceProgram.Read(shell.Config, shell.Secrets, StackFiles.Root);
        }
        catch (ConfigurationException exception)
        {
            Assert.Fail($"{string.Join("\n", errors)}\nafter these fixes:\n{exception.Message}");
        }
        return (shell, errors);
    }

    /// <summary>Values that no error names, and that are in no setting any more.</summary>
    private static IEnumerable<string> Lost(
        Dictionary<string, string> before, (PulumiConfigCommands Config, IReadOnlyList<UserError> Errors) after)
    {
        var left = after.Config.Leaves.Select(leaf => leaf.Value).ToList();
        var named = after.Errors.Select(error => $"inference:{error.Key}").ToList();
        return new PulumiConfigCommands(before).Leaves
            .Where(leaf => !left.Remove(leaf.Value) && !named.Any(key => leaf.Path.StartsWith(key, StringComparison.Ordinal)))
            .Select(leaf => $"{leaf.Path} = {leaf.Value}");
    }
}
