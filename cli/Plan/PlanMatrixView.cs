using Infra.Cli.CommandLine;
using Infra.Planning.Catalog;
using Spectre.Console;

namespace Infra.Cli.Plan;

/// <summary>The matrix in a terminal: groups of sizes that fit its width, then the legend.</summary>
internal static class PlanMatrixView
{
    private const int Gap = 2;

    public static void Write(Terminal terminal, PlanMatrix matrix, PlanCommandLine typed)
    {
        var console = terminal.Console;
        if (matrix.Columns.Count == 0)
        {
            console.WriteLine("No size of the catalog matches --availability and --region.");
            return;
        }

        foreach (var columns in matrix.Groups(console.Profile.Width, Gap))
        {
            console.Write(GridOf(matrix, columns));
            console.WriteLine();
        }

        foreach (var line in Legend([.. matrix.Columns.SelectMany(column => column.Cells.Values)]))
        {
            console.WriteLine(line);
        }

        foreach (var model in matrix.Models.Where(model => model.HasUnusualLicence))
        {
            console.WriteLine($"{model.Id}: {ModelFacts.Licence(model)}");
        }

        var example = matrix.Models.FirstOrDefault(model => model.Use == ModelUse.Instruct) ?? matrix.Models[0];
        console.WriteLine("Details of a model or a size:");
        terminal.WriteCommand(typed.With("--model", example.Id));
        terminal.WriteCommand(typed.With("--size", matrix.Columns[0].Size.Slug));
    }

    private static Grid GridOf(PlanMatrix matrix, IReadOnlyList<PlanColumn> columns)
    {
        var grid = new Grid { Expand = false }.AddColumn(new GridColumn().NoWrap().Padding(0, 0, 0, 0));
        foreach (var _ in columns)
        {
            grid.AddColumn(new GridColumn().NoWrap().RightAligned().Padding(Gap, 0, 0, 0));
        }

        var lines = columns.Max(column => column.Header.Count);
        for (var line = 0; line < lines; line++)
        {
            var first = line == 0 && matrix.Prefix.Length > 0 ? $"{matrix.Prefix}..." : "";
            grid.AddRow([new Text(first, Styled.Grey), .. columns.Select(column => Bold(column.Header.ElementAtOrDefault(line)))]);
        }

        grid.AddRow([new Text("USD/h", Styled.Grey), .. columns.Select(column => Bold(column.Price))]);
        var owner = "";
        foreach (var model in matrix.Models)
        {
            if (PlanMatrix.Owner(model.Id) is var next && next != owner)
            {
                owner = next;
                grid.AddRow([new Text($"{owner}...", Styled.Grey), .. columns.Select(_ => new Text(""))]);
            }

            grid.AddRow([new Text(model.Id[owner.Length..]), .. columns.Select(column => Colored(column.Cells[model.Id]))]);
        }

        return grid;
    }

    private static Text Bold(string? text) => new(text ?? "", Styled.Bold);

    private static Text Colored(PlanCell cell) => new(cell.Text, cell.Obstacle is null ? Styled.Green
        : cell.Text.StartsWith(PlanCell.AtMost, StringComparison.Ordinal) ? Styled.Yellow : Styled.Grey);

    /// <summary>Meaning of the cells that occur.</summary>
    private static IEnumerable<string> Legend(IReadOnlyList<PlanCell> cells)
    {
        if (cells.FirstOrDefault(cell => cell.Obstacle is null) is { } fits)
        {
            yield return $"{fits.Text}: fits, as concurrent requests x longest context of each in tokens (1k = 1,024)";
        }

        if (cells.FirstOrDefault(cell => cell.Text.StartsWith(PlanCell.AtMost, StringComparison.Ordinal)) is { } shorter)
        {
            yield return $"{shorter.Text}: does not fit; the longest context for that many concurrent requests";
        }

        var words = cells
            .Where(cell => cell.Obstacle is { } obstacle && cell.Text == PlanCell.Word(obstacle))
            .Select(cell => cell.Obstacle!.Value);
        foreach (var obstacle in words.Distinct().Order())
        {
            yield return $"{PlanCell.Word(obstacle)}: {PlanCell.Meaning(obstacle)}";
        }
    }
}
