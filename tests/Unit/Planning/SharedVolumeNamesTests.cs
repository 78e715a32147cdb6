using System.Globalization;
using Infra.Planning;
using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Tests.Unit.Config;

namespace Infra.Tests.Unit.Planning;

/// <summary>Two stacks in one account whose Volumes would have the same names.</summary>
public sealed class SharedVolumeNamesTests
{
    private const string Other = "inference:prod-eu:chat";
    private const string Own = "inference:prod:eu-chat";

    [Fact]
    public void A_new_endpoint_with_the_volumes_of_another_is_refused_with_both_names()
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(
            () => SharedVolumeNames.Check("prod", Plan("eu-chat"), ["inference:prod-eu", Other, "web"])).Errors);
        Assert.Equal("endpoints.eu-chat", error.Key);
        Assert.Contains("endpoint chat of stack prod-eu", error.Problem, StringComparison.Ordinal);
        Assert.Contains("prod-eu-chat-0-weights", error.Problem, StringComparison.Ordinal);
        Assert.Contains($"doctl compute tag delete {Other}", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_both_exist_the_stack_still_deploys_with_a_warning() =>
        Assert.Contains("prod-eu-chat-0-weights",
            Assert.Single(SharedVolumeNames.Check("prod", Plan("eu-chat"), [Own, Other])), StringComparison.Ordinal);

    [Theory]
    [InlineData(Own)] // its own
    [InlineData("inference:prod:chat")]
    [InlineData("inference:prod-eu:chat:old")]
    [InlineData("inference:prod-eu-chat")]
    [InlineData("prod-eu:chat")]
    public void Other_tags_change_nothing(string tag) => Assert.Empty(SharedVolumeNames.Check("prod", Plan("eu-chat"), [tag]));

    [Fact]
    public void Without_volumes_the_names_may_be_the_same() =>
        Assert.Empty(SharedVolumeNames.Check("prod", Plan("eu-chat", volume: null), [Other]));

    [Theory]
    [InlineData("prod", "chat", false)]
    [InlineData("prod", "eu-chat", true)]
    [InlineData("prod-eu", "chat", true)]
    [InlineData("prod-1", "chat", false)] // no name starts with a digit
    [InlineData("prod", "chat-1", false)]
    public void The_account_is_asked_only_where_two_stacks_could_have_the_name(string stack, string endpoint, bool expected) =>
        Assert.Equal(expected, SharedVolumeNames.ArePossible(stack, Plan(endpoint)));

    [Fact]
    public void It_is_found_exactly_where_the_names_of_volumes_are_the_same()
    {
        string[] parts = ["a", "a-b", "b", "b-a", "a-b-a", "a-a"];
        var plans = parts.ToDictionary(part => part, part => Plan(part));
        foreach (var (stack, endpoint) in parts.SelectMany(stack => parts.Select(endpoint => (stack, endpoint))))
        {
            foreach (var (other, name) in parts.SelectMany(stack => parts.Select(endpoint => (stack, endpoint))))
            {
                var isSame = (stack, endpoint) != (other, name)
                    && Names.CacheVolume(stack, endpoint, 0) == Names.CacheVolume(other, name, 0);
                var tags = new[] { Names.EndpointTag(other, name), Names.EndpointTag(stack, endpoint) };
                Assert.Equal(isSame ? 1 : 0, SharedVolumeNames.Check(stack, plans[endpoint], tags).Count);
            }
        }
    }

    private static StackPlan Plan(string endpoint, int? volume = 30) => StackPlan.Read(Configs.With(
        ("endpoints.chat", null),
        ($"endpoints.{endpoint}.model", $"\"{Configs.Model}\""),
        ($"endpoints.{endpoint}.cacheVolumeGiB", volume?.ToString(CultureInfo.InvariantCulture))));
}
