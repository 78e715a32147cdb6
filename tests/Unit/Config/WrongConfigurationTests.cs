using Infra.Planning.Errors;
using Infra.Stacks;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Config;

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
    public void A_wrong_configuration_is_one_user_error_with_key_reason_and_command(int row, string description)
    {
        var wrong = WrongConfigurations.All[row];
        Assert.True(wrong.Problem.Length > 0 && wrong.Fix.Length > 0, $"a row that any message would meet: {description}");
        var errors = Errors([.. wrong.With is { } right ? new[] { right } : [], (wrong.Path, wrong.Json)]);
        var error = wrong.Others ? errors[0] : Assert.Single(errors);
        Assert.Equal(wrong.Key, error.Key);
        Assert.Contains(wrong.Problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains(wrong.Fix, error.Fix, StringComparison.Ordinal);
        Assert.True(error.Fix.StartsWith("pulumi config ", StringComparison.Ordinal) || error.Fix == wrong.Fix, error.Fix);
    }

    private static IReadOnlyList<UserError> Errors(params (string, string?)[] edits) =>
        Assert.Throws<ConfigurationException>(() => InferenceProgram.Read(Configs.With(edits), projectDirectory: StackFiles.Root)).Errors;
}
