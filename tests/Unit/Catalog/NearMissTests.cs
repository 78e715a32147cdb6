using CsCheck;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Tests.Unit.Catalog;

public sealed class NearMissTests
{
    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    [Theory]
    [InlineData("mistralai/ministral-3-3b-instruct-2512", "mistralai/Ministral-3-3B-Instruct-2512")]
    [InlineData("Ministral-3-3B-Instruct-2512", "mistralai/Ministral-3-3B-Instruct-2512")]
    [InlineData("mistralai/Ministral-3-3B-Instruct", "mistralai/Ministral-3-3B-Instruct-2512")]
    [InlineData("mistralai/Minstral-3-14B-Base-2512", "mistralai/Ministral-3-14B-Base-2512")]
    [InlineData("ministral-3-8b-instruct-2512", "mistralai/Ministral-3-8B-Instruct-2512")]
    [InlineData("ministral-3-8b-base", "mistralai/Ministral-3-8B-Base-2512")]
    [InlineData("Ministral-3-8B", "mistralai/Ministral-3-8B-Instruct-2512")]
    [InlineData("mistralai/Ministral-3-8B", "mistralai/Ministral-3-8B-Instruct-2512")]
    [InlineData("mistralai/Ministral-3-8B-2512", "mistralai/Ministral-3-8B-Instruct-2512")]
    [InlineData("Minstral-3-8B", "mistralai/Ministral-3-8B-Instruct-2512")]
    [InlineData("ministral-8b", "mistralai/Ministral-3-8B-Instruct-2512")]
    [InlineData("mistral-large", "mistralai/Mistral-Large-3-675B-Instruct-2512")]
    public void An_unknown_model_is_answered_with_the_likeliest_and_all_others(string typed, string meant)
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Catalog.Model(typed, "endpoints.chat.model")).Errors);
        Assert.Equal("endpoints.chat.model", error.Key);
        Assert.Equal(typed, error.Value);
        Assert.StartsWith($"is not a model of the catalog; did you mean {meant}", error.Problem, StringComparison.Ordinal);
        Assert.All(Catalog.Models.Keys, id => Assert.Contains(id, error.Problem, StringComparison.Ordinal));
        Assert.Equal($"pulumi config set --path 'endpoints.chat.model' {meant}", error.Fix);
    }

    [Fact]
    public void An_unknown_size_names_its_neighbour()
    {
        var error = Assert.Single(
            Assert.Throws<ConfigurationException>(() => Catalog.Size("gpu-h100-80gb", "endpoints.chat.size")).Errors);
        Assert.Contains("did you mean gpu-h100x1-80gb", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_release_that_is_too_old_is_answered_with_the_security_floor()
    {
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Catalog.Engine("0.11.0", "engine.version")).Errors);
        Assert.Contains("none below 0.28.0 is allowed", error.Problem, StringComparison.Ordinal);
        Assert.Contains("0.31.0", error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-oss-120b")]
    [InlineData("g")]
    [InlineData("-")]
    [InlineData("")]
    public void What_resembles_nothing_gets_no_suggestion(string typed) => Assert.Empty(NearMiss.Of(typed, Catalog.Sizes.Keys));

    [Theory]
    [InlineData("ALPHA", "alpha", "alpha-2")]
    [InlineData("alpha-1", "alpha-10", "x-alpha-1")]
    [InlineData("al-2", "alpha-al-2", "alpha-1")]
    [InlineData("alpah", "alpha", "aloha-x")]
    public void Another_case_ranks_before_a_prefix_a_prefix_before_a_part_and_a_part_before_a_typo(
        string typed, string meant, string other) =>
        Assert.Equal(meant, NearMiss.Of(typed, [other, meant])[0]);

    [Fact]
    public void A_name_is_always_its_own_nearest() =>
        OneOf(Catalog.Sizes.Keys).Sample(slug => Assert.Equal(slug, NearMiss.Of(slug, Catalog.Sizes.Keys)[0]));

    [Fact]
    public void One_wrong_letter_still_finds_the_name() => Gen.Select(OneOf(Catalog.Models.Keys), Gen.Int[0, 200]).Sample((id, at) =>
    {
        var position = at % id.Length;
        var typed = $"{id[..position]}~{id[(position + 1)..]}";
        Assert.Contains(id, NearMiss.Of(typed, Catalog.Models.Keys));
    });

    private static Gen<string> OneOf(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return Gen.Int[0, all.Length - 1].Select(index => all[index]);
    }
}
