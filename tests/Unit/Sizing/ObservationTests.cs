using System.Globalization;
using Infra.Planning.Placements;

namespace Infra.Tests.Unit.Sizing;

/// <summary>Holds the memory plan against what vLLM logged, row by row.</summary>
public sealed class ObservationTests(ITestOutputHelper output)
{
    private static readonly Observations All = Observations.Load();

    /// <summary>Largest error in KV cache that a group may have, and why it is no smaller.</summary>
    private static readonly Dictionary<string, double> Tolerance = new()
    {
        // The models that this project is for: what the issue asks.
        ["mistral"] = 0.05,

        // Other models on 0.30 and 0.31: cards of 24 GiB, so 0.1 GiB is a percent and more.
        ["current"] = 0.05,

        // Engines that are too old to be served.
        ["earlier"] = 0.05,

        // A card that other programs use too: the plan cannot know.
        ["shared"] = 0.15,
    };

    public static TheoryData<string> Started => [.. All.Rows.Where(row => row.Fits).Select(row => row.Id)];

    public static TheoryData<string> Failed => [.. All.Rows.Where(row => !row.Fits).Select(row => row.Id)];

    public static TheoryData<string> Served =>
        [.. All.Rows.Where(row => row.Fits && row.KvTokens is not null && row.ContextLength is not null).Select(row => row.Id)];

    [Theory]
    [MemberData(nameof(Started))]
    public void Predicts_the_KV_cache_that_was_logged(string id)
    {
        var row = Row(id);
        var error = Error(row);
        output.WriteLine(Line(row));
        Assert.True(Math.Abs(error) <= Tolerance[row.Group], Line(row));
    }

    [Theory]
    [MemberData(nameof(Failed))]
    public void Never_predicts_a_fit_where_one_was_seen_to_fail(string id)
    {
        var row = Row(id);

        // With the engine that failed, and with the one that is served now.
        foreach (var engine in new[] { row.Engine, "0.31.0" })
        {
            var fit = NodeFit.Of(All.RequestOf(row, engine), All.SizeOf(row), All.GpuOf(row));
            output.WriteLine($"{row.Id} on {engine}: {fit.Reason}");
            Assert.False(fit.Fits, fit.Reason);
        }
    }

    /// <summary>The logged KV cache holds everything that the sizing promises: the margin covers the error.</summary>
    [Theory]
    [MemberData(nameof(Served))]
    public void A_context_that_fits_by_the_estimate_is_within_the_logged_tokens(string id)
    {
        var row = Row(id);
        if (row.Group == "shared")
        {
            return;
        }

        var plan = All.Plan(row);
        Assert.True(plan.SafeKvTokens <= row.KvTokens, $"{row.Id}: {plan.SafeKvTokens:N0} tokens promised, {row.KvTokens:N0} logged");
    }

    [Fact]
    public void Every_row_has_a_source_and_every_group_a_tolerance()
    {
        Assert.All(All.Rows, row =>
        {
            Assert.NotEmpty(row.Source);
            Assert.NotEmpty(row.SourceDate);
            Assert.True(!row.Fits || Tolerance.ContainsKey(row.Group), row.Group);
            Assert.True(!row.Fits || row.KvGiB is not null || row.KvTokens is not null, row.Id);
        });
        Assert.Equal(All.Rows.Count, All.Rows.Select(row => row.Id).Distinct().Count());
        Assert.All(All.Unusable, row => Assert.NotEmpty(row.Reason));
    }

    private static Observation Row(string id) => All.Rows.Single(row => row.Id == id);

    /// <summary>Relative error of the tokens where they were logged, else of the GiB.</summary>
    internal static double Error(Observation row)
    {
        var plan = All.Plan(row);
        return row.KvTokens is { } tokens ? ((double)plan.KvTokens / tokens) - 1 : (plan.KvGiB / row.KvGiB!.Value) - 1;
    }

    private static string Line(Observation row)
    {
        var plan = All.Plan(row);
        return string.Create(CultureInfo.InvariantCulture,
            $"{row.Id}: KV {plan.KvGiB:F2} GiB, logged {row.KvGiB:F2}; tokens {plan.KvTokens:N0}, logged {row.KvTokens:N0}; "
                + $"error {Error(row):P1}");
    }
}
