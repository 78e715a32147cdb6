using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Placements;

namespace Infra.Cli.Plan;

/// <summary>The hardware table as a matrix: a row per model, a column per size.</summary>
/// <param name="Models">Models in table order.</param>
/// <param name="Columns">Sizes by price, the cheapest first; sizes without a price come last.</param>
internal sealed record PlanMatrix(IReadOnlyList<ModelSpec> Models, IReadOnlyList<PlanColumn> Columns)
{
    /// <summary>Prefix of the slugs of DigitalOcean.</summary>
    private const string UsualPrefix = "gpu-";

    /// <summary>Common prefix of all slugs, which the header shows once; empty if there is none.</summary>
    public string Prefix => PrefixOf(Columns.Select(column => column.Size));

    public static PlanMatrix Of(IReadOnlyList<FitResult> fits)
    {
        var prefix = PrefixOf(fits.Select(fit => fit.Size));
        return new(
            [.. fits.Select(fit => fit.Model).DistinctBy(model => model.Id)],
            [.. fits.GroupBy(fit => fit.Size.Slug)
                .Select(size => new PlanColumn(
                    size.First().Size,
                    size.Key[prefix.Length..],
                    size.ToDictionary(fit => fit.Model.Id, PlanCell.Of, StringComparer.Ordinal)))
                .OrderBy(column => column.Size.UsdPerHour ?? decimal.MaxValue)
                .ThenBy(column => column.Size.GpuCount)
                .ThenBy(column => column.Size.Slug, StringComparer.Ordinal)]);
    }

    /// <summary>Groups of columns that fit the width of a terminal, with one column at least.</summary>
    /// <param name="width">Characters per line.</param>
    /// <param name="gap">Characters between columns.</param>
    public IEnumerable<IReadOnlyList<PlanColumn>> Groups(int width, int gap)
    {
        var first = Models.Max(model => model.Id.Length - Owner(model.Id).Length);
        var group = new List<PlanColumn>();
        var taken = first;
        foreach (var column in Columns)
        {
            if (group.Count > 0 && taken + gap + column.Width > width)
            {
                yield return group;
                (group, taken) = ([], first);
            }

            group.Add(column);
            taken += gap + column.Width;
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    /// <summary>Owner of a repository id, with the slash.</summary>
    public static string Owner(string id) => id[..(id.IndexOf('/', StringComparison.Ordinal) + 1)];

    private static string PrefixOf(IEnumerable<GpuSize> sizes) =>
        sizes.All(size => size.Slug.StartsWith(UsualPrefix, StringComparison.Ordinal)) ? UsualPrefix : "";
}

/// <summary>A size with the result of each model.</summary>
/// <param name="Size">The size.</param>
/// <param name="Name">Its slug without the common prefix.</param>
/// <param name="Cells">By repository id.</param>
internal sealed record PlanColumn(GpuSize Size, string Name, IReadOnlyDictionary<string, PlanCell> Cells)
{
    /// <summary>Header lines break at hyphens to stay within this length.</summary>
    private const int LineLength = 10;

    public string Price => Size.UsdPerHour is { } price ? price.ToString("0.00", CultureInfo.InvariantCulture) : "contract";

    /// <summary>The name on several short lines.</summary>
    public IReadOnlyList<string> Header
    {
        get
        {
            var lines = new List<string>();
            foreach (var part in Name.Split('-').Select((part, index) => index == 0 ? part : $"-{part}"))
            {
                if (lines.Count > 0 && lines[^1].Length + part.Length <= LineLength)
                {
                    lines[^1] += part;
                }
                else
                {
                    lines.Add(part);
                }
            }

            return lines;
        }
    }

    public int Width => Header.Concat(Cells.Values.Select(cell => cell.Text)).Append(Price).Max(text => text.Length);
}
