using Infra.Cli.CommandLine;
using Infra.Cli.Plan;
using Infra.Planning.Catalog;
using Infra.Planning.Placements;

namespace Infra.Tests.Unit.Cli;

/// <summary>The default output of <c>./infra plan</c>.</summary>
public sealed class PlanMatrixTests
{
    private const int Narrow = 80;

    private static readonly ModelCatalog s_catalog = ModelCatalog.Load();
    private static readonly ModelSpec s_model = s_catalog.Models.Values.First();
    private static readonly GpuSize s_size = s_catalog.Sizes.Values.First();

    private static readonly PlanQuery s_all = new() { Catalog = s_catalog, Availability = [Availability.OnDemand] };

    [Fact]
    public void Each_model_has_a_cell_for_each_size_and_sizes_are_sorted_by_price()
    {
        var fits = PlanTable.Of(s_all with { Availability = Enum.GetValues<Availability>() });
        var matrix = PlanMatrix.Of(fits);

        Assert.Equal(s_catalog.Models.Keys.Order(), matrix.Models.Select(model => model.Id).Order());
        Assert.Equal(s_catalog.Sizes.Keys.Order(), matrix.Columns.Select(column => column.Size.Slug).Order());
        Assert.All(matrix.Columns, column => Assert.Equal(matrix.Models.Select(model => model.Id).Order(), column.Cells.Keys.Order()));
        Assert.All(fits, fit => Assert.Equal(
            fit.Fits, matrix.Columns.Single(column => column.Size == fit.Size).Cells[fit.Model.Id].Obstacle is null));
        var prices = matrix.Columns.Select(column => column.Size.UsdPerHour ?? decimal.MaxValue).ToArray();
        Assert.Equal(prices.Order(), prices);
    }

    [Theory]
    [InlineData(8, 32768, "8x32k")]
    [InlineData(256, 262144, "256x256k")]
    [InlineData(1, 5888, "1x5888")]
    public void A_cell_is_requests_times_context(int requests, int context, string text) =>
        Assert.Equal(text, PlanCell.Of(Row(null, Placed(requests, context))).Text);

    [Fact]
    public void A_cell_that_does_not_fit_shows_the_reason_or_the_context_that_would_fit()
    {
        Assert.Equal("max 16k", PlanCell.Of(Row(FitObstacle.Memory, Placed(1, 16384))).Text);
        Assert.All(Enum.GetValues<FitObstacle>(), obstacle =>
        {
            Assert.Equal(PlanCell.Word(obstacle), PlanCell.Of(Row(obstacle, null)).Text);
            Assert.NotEqual("", PlanCell.Meaning(obstacle));
        });
    }

    [Fact]
    public void A_context_above_the_longest_of_a_model_affects_only_its_row()
    {
        var longest = s_catalog.Models.Values.Max(model => model.MaxContext);
        var column = PlanMatrix.Of(PlanTable.Of(s_all with { ContextLength = longest })).Columns[0];

        Assert.All(
            s_catalog.Models.Values.Where(model => model.MaxContext < longest),
            model => Assert.Equal(FitObstacle.Request, column.Cells[model.Id].Obstacle));
    }

    [Theory]
    [InlineData("gpu-h100x1-80gb", "h100x1", "-80gb")]
    [InlineData("gpu-b300x8-2304gb-lc-fabric-contracted", "b300x8", "-2304gb-lc", "-fabric", "-contracted")]
    public void A_slug_breaks_at_hyphens(string slug, params string[] lines) => Assert.Equal(lines, Only(slug).Header);

    [Fact]
    public void A_slug_without_the_prefix_keeps_the_prefix_of_all_others()
    {
        var matrix = PlanMatrix.Of([Row(null, null, s_size), Row(null, null, s_size with { Slug = "own-size" })]);

        Assert.Equal("", matrix.Prefix);
        Assert.Equal(s_size.Slug.Split('-')[0], matrix.Columns[0].Header[0].Split('-')[0]);
    }

    [Theory]
    [InlineData(Narrow)]
    [InlineData(120)]
    [InlineData(240)]
    public void Sizes_wrap_in_groups_and_no_line_is_wider_than_the_terminal(int width)
    {
        var matrix = PlanMatrix.Of(PlanTable.Of(s_all));
        var lines = Printed(matrix, width);

        // Commands for pasting do not wrap.
        Assert.All(
            lines.Where(line => !line.StartsWith("./infra ", StringComparison.Ordinal)),
            line => Assert.True(line.Length <= width, line));
        Assert.Equal(matrix.Groups(width, 2).Count(), lines.Count(line => line.StartsWith("USD/h", StringComparison.Ordinal)));
        Assert.Equal(matrix.Columns, matrix.Groups(width, 2).SelectMany(group => group));
        Assert.DoesNotContain(lines, line => line.Contains('\u2026', StringComparison.Ordinal)); // no cell is truncated
    }

    [Fact]
    public void A_terminal_that_is_too_narrow_gets_one_size_per_group() =>
        Assert.All(PlanMatrix.Of(PlanTable.Of(s_all)).Groups(1, 2), group => Assert.Single(group));

    [Fact]
    public void Commands_are_complete_and_on_lines_of_their_own()
    {
        var matrix = PlanMatrix.Of(PlanTable.Of(s_all));
        var lines = Printed(matrix, 40, "--context", "8192", "--catalog", "my file.json");

        Assert.Contains("./infra plan --context 8192 --catalog 'my file.json' --model mistralai/Ministral-3-3B-Instruct-2512", lines);
        Assert.Contains($"./infra plan --context 8192 --catalog 'my file.json' --size {matrix.Columns[0].Size.Slug}", lines);
    }

    [Fact]
    public void Of_all_models_those_with_an_unusual_licence_are_named_with_what_it_asks()
    {
        var lines = Printed(PlanMatrix.Of(PlanTable.Of(s_all)), 1000)
            .Where(line => line.Contains("Modified MIT", StringComparison.Ordinal));
        Assert.StartsWith("mistralai/Mistral-Medium-3.5-128B: Modified MIT: grants no rights if", Assert.Single(lines),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mistralai/Mistral-Medium-3.5-128B", "FP8, 133.6 GB, Modified MIT, no public run known", "  licence: Modified MIT: grants")]
    [InlineData("mistralai/Ministral-3-8B-Instruct-2512", "FP8, 10.4 GB, Apache-2.0, seen on vLLM 0.29.0", null)]
    public void Details_of_a_model_begin_with_its_licence_and_where_it_was_seen(string id, string facts, string? licence)
    {
        var fits = PlanTable.Of(s_all with { Models = [id] });
        using var output = new StringWriter();
        var terminal = new Terminal(output, TextWriter.Null, interactive: false);
        terminal.Console.Profile.Width = 1000;
        PlanView.Write(terminal.Console, fits);
        var lines = output.ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal($"{id}  {facts}", lines[0]);
        Assert.Equal(licence is not null, lines[1].StartsWith(licence ?? "  licence", StringComparison.Ordinal));
        var (row, model) = (PlanRow.Of(fits[0]), s_catalog.Models[id]);
        Assert.Equal((model.Licence, model.LicenceTerms, model.LicenceUrl, model.TestedEngine),
            (row.Licence, row.LicenceTerms, row.LicenceUrl, row.TestedEngine));
    }

    [Fact]
    public void An_empty_matrix_is_explained() =>
        Assert.Contains("No size", Assert.Single(Printed(PlanMatrix.Of([]), Narrow)), StringComparison.Ordinal);

    internal static string[] Printed(PlanMatrix matrix, int width, params string[] typed)
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, TextWriter.Null, interactive: false);
        terminal.Console.Profile.Width = width;
        PlanMatrixView.Write(terminal, matrix, new PlanCommandLine(typed));
        return output.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }

    private static PlanColumn Only(string slug) => Assert.Single(PlanMatrix.Of([Row(null, null, s_size with { Slug = slug })]).Columns);

    private static FitResult Row(FitObstacle? obstacle, Placement? placement, GpuSize? size = null) => new()
    {
        Model = s_model,
        Size = size ?? s_size,
        Fits = obstacle is null,
        Obstacle = obstacle,
        Reason = "",
        Placement = placement,
        LongestContext = placement?.MaxModelLen ?? 0,
    };

    /// <summary>A placement with these numbers.</summary>
    private static Placement Placed(int requests, int context) =>
        PlanTable.Of(s_all).First(fit => fit.Fits).Placement! with { Requests = requests, MaxModelLen = context };
}
