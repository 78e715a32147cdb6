using Infra.Planning.Errors;
using Infra.Stacks;

namespace Infra.Tests.Unit.Settings;

public sealed class WrongConfigurationTests
{
    public static TheoryData<int, string> Rows()
    {
        var data = new TheoryData<int, string>();
        for (var i = 0; i < WrongConfigurations.All.Length; i++)
        {
            data.Add(i, WrongConfigurations.All[i].ToString());
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_wrong_configuration_is_one_mistake_with_key_reason_and_command(int row, string description)
    {
        var wrong = WrongConfigurations.All[row];
        Assert.True(wrong.Says.Length > 0 && wrong.Fix.Length > 0, $"a row that any message would meet: {description}");
        var mistake = Assert.Single(Mistakes([.. wrong.With is { } right ? new[] { right } : [], (wrong.Path, wrong.Json)]));
        Assert.Equal(wrong.Key, mistake.Key);
        Assert.Contains(wrong.Says, mistake.Problem, StringComparison.Ordinal);
        Assert.Contains(wrong.Fix, mistake.Fix, StringComparison.Ordinal);
        Assert.True(mistake.Fix.StartsWith("pulumi config ", StringComparison.Ordinal), mistake.Fix);
    }

    private static IReadOnlyList<ConfigurationMistake> Mistakes(params (string, string?)[] edits) =>
        Assert.Throws<ConfigurationException>(() => InferenceProgram.Read(Configs.With(edits))).Mistakes;
}
