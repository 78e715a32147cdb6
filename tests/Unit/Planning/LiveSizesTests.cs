using Infra.Planning.Errors;
using Infra.Planning.Plan;
using Infra.Tests.Unit.Config;

namespace Infra.Tests.Unit.Planning;

public sealed class LiveSizesTests
{
    private const string Slug = "gpu-4000adax1-20gb";

    [Fact]
    public void Todays_price_takes_the_place_of_the_catalogs()
    {
        var plan = LiveSizes.Check(Plan(), [new(Slug, ["tor1"], true, 0.90m)]);
        Assert.Equal(0.90m, plan.UsdPerHour);
        Assert.NotEqual(Plan().PriceSource, plan.PriceSource);
    }

    [Fact]
    public void A_price_that_rose_above_the_limit_stops_the_deployment() =>
        Assert.Equal("maxHourlyUsd", Error(Plan(("maxHourlyUsd", "\"99\"")), new LiveSize(Slug, ["tor1"], true, 99.01m)).Key);

    [Fact]
    public void An_account_without_gpu_sizes_reads_of_limits_and_tiers()
    {
        var error = Error(Plan(), new LiveSize("s-1vcpu-1gb", ["tor1"], true, 0.01m));
        Assert.Equal("endpoints.chat.size", error.Key);
        Assert.Contains("GPU limit of 0", error.Problem, StringComparison.Ordinal);
        Assert.Contains("cloud.digitalocean.com/account", error.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_is_not_shown_names_those_that_the_region_has()
    {
        var error = Error(Plan(), new LiveSize("gpu-h100x1-80gb", ["tor1"], true, 4.41m),
            new LiveSize("gpu-l40sx1-48gb", ["nyc2"], true, 1.57m));
        Assert.Contains("in tor1 it offers gpu-h100x1-80gb (4.41 USD/h)", error.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("gpu-l40sx1-48gb", error.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_size_without_a_region_or_availability_is_unavailable(bool available) =>
        Assert.Contains("is unavailable in all regions",
            Error(Plan(), new LiveSize(Slug, available ? [] : ["tor1"], available, 0.76m)).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_size_in_other_regions_names_them()
    {
        var error = Error(Plan(), new LiveSize(Slug, ["nyc2", "ams3"], true, 0.76m));
        Assert.Equal("region", error.Key);
        Assert.Contains("it is available in ams3, nyc2", error.Problem, StringComparison.Ordinal);
        // An operator with running Droplets must not be advised to move them.
        Assert.Contains("set ignoreAvailability to true", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Availability_can_be_ignored_and_the_price_is_still_todays() =>
        Assert.Equal(0.90m, LiveSizes.Check(Plan(("ignoreAvailability", "\"true\"")), [new(Slug, [], false, 0.90m)]).UsdPerHour);

    private static StackPlan Plan(params (string, string?)[] edits) =>
        StackPlan.Read(Configs.With([("endpoints.chat.size", $"\"{Slug}\""), .. edits]));

    private static UserError Error(StackPlan plan, params LiveSize[] sizes) =>
        Assert.Single(Assert.Throws<ConfigurationException>(() => LiveSizes.Check(plan, sizes)).Errors);
}
