using Infra.Planning.Errors;
using Infra.Stacks;

namespace Infra.Tests.Unit.Config;

/// <summary>Names are checked before the deployment, in the same message as everything else.</summary>
public sealed class StackNameTests
{
    [Theory]
    [InlineData("T", "pulumi stack rename t")]
    [InlineData("prod.eu", "pulumi stack rename prod-eu")]
    [InlineData("a_b", "pulumi stack rename a-b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "pulumi stack rename aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("1a", "pulumi stack rename m1a")]
    public void A_wrong_name_is_an_error_beside_the_others(string stack, string fix)
    {
        var errors = Errors(stack, ("region", "\"mars\""));
        Assert.Equal(["the name of the stack", "region"], errors.Select(error => error.Key).Order(StringComparer.Ordinal).Reverse());
        Assert.Contains(errors, error => error.Fix == fix);
    }

    [Fact]
    public void Names_that_are_too_long_together_are_an_error_with_a_shorter_one()
    {
        var endpoint = new string('e', 31);
        var error = Assert.Single(Errors(
            new string('s', 31), ("endpoints.chat", null), ($"endpoints.{endpoint}.model", $"\"{Configs.Model}\"")));
        Assert.Equal($"endpoints.{endpoint}", error.Key);
        Assert.Contains("host names such as", error.Problem, StringComparison.Ordinal);
        Assert.Equal($"pulumi stack rename {new string('s', 29)}", error.Fix);
        Assert.NotNull(InferenceProgram.Read(
            Configs.With(("endpoints.chat", null), ($"endpoints.{endpoint}.model", $"\"{Configs.Model}\"")), stack: new string('s', 29)));
    }

    private static IReadOnlyList<UserError> Errors(string stack, params (string, string?)[] edits) =>
        Assert.Throws<ConfigurationException>(() => InferenceProgram.Read(Configs.With(edits), stack: stack)).Errors;
}
