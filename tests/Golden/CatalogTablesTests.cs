using System.Globalization;
using System.Text;
using Infra.Planning.Catalog;

namespace Infra.Tests.Golden;

/// <summary>The tables of docs/catalog.md: what the built-in rows say, as a reader looks for it.</summary>
public sealed class CatalogTablesTests
{
    private const string Document = "docs/catalog.md";

    private static readonly ModelCatalog Catalog = ModelCatalog.Load();

    [Fact]
    public void Every_model_is_in_the_table_of_models()
    {
        var table = new StringBuilder(
            "| model | precision | GB | context | attention | licence | seen on | commit |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var model in Catalog.Models.Values)
        {
            table.Append(CultureInfo.InvariantCulture,
                $"| {model.Id.Split('/')[^1]} | {CatalogWords.Of(model.Precision)} | {model.WeightBytes / 1e9:0.0} | {model.MaxContext:N0} "
                + $"| {Attention(model.Architecture)} | {Licence(model)}{(model.Gated ? ", gated" : "")} "
                + $"| {model.TestedEngine ?? "-"} | {model.Revision?[..8] ?? "none known"} |\n");
        }

        GoldenFile.MatchesSection(Document, "models", table.ToString());
    }

    [Fact]
    public void The_chats_of_models_are_grouped_by_what_they_have_in_common()
    {
        var table = new StringBuilder("| models | tool parser | reasoning parser | sampling | chat |\n|---|---|---|---|---|\n");
        var chatting = Catalog.Models.Values.Where(model => model.Use != ModelUse.Base);
        foreach (var group in chatting.GroupBy(model => (After(model, "--tool-call-parser"), After(model, "--reasoning-parser"),
            Sampling(model), model.ChatFormat ?? "not known")))
        {
            table.Append(CultureInfo.InvariantCulture,
                $"| {string.Join(", ", group.Select(model => model.Id.Split('/')[^1]))} | {group.Key.Item1} | {group.Key.Item2} "
                + $"| {group.Key.Item3} | {group.Key.Item4} |\n");
        }

        GoldenFile.MatchesSection(Document, "chats", table.ToString());
    }

    [Fact]
    public void Every_known_defect_of_a_release_is_in_the_table_of_defects()
    {
        var table = new StringBuilder("| vLLM | affects | when | effect | defect | source |\n|---|---|---|---|---|---|\n");
        var defects = Catalog.Engines.Values.SelectMany(engine => engine.Breakages.Select(breakage => (engine.Version, breakage)));
        foreach (var group in defects.GroupBy(row => (Affected(row.breakage), Conditions(row.breakage), row.breakage.Effect,
            row.breakage.Problem, row.breakage.Source, row.breakage.SourceDate)))
        {
            var (affected, conditions, effect, problem, source, date) = group.Key;
            table.Append(CultureInfo.InvariantCulture,
                $"| {string.Join(", ", group.Select(row => row.Version))} | {affected} | {conditions} | {CatalogWords.Of(effect)} "
                + $"| {problem} | {source}, {date} |\n");
        }

        GoldenFile.MatchesSection(Document, "defects", table.ToString());
    }

    private static string Attention(Architecture architecture) => string.Create(CultureInfo.InvariantCulture,
        $"{CatalogWords.Of(architecture.Attention)}, {architecture.AttentionHeads} heads")
        + (architecture.KeyValueHeads is { } groups ? string.Create(CultureInfo.InvariantCulture, $" in {groups} groups") : "");

    private static string Licence(ModelSpec model) =>
        model.LicenceUrl is { } url ? $"[{model.Licence}]({url}): {model.LicenceTerms}" : model.Licence;

    private static string After(ModelSpec model, string flag) =>
        model.Flags.SkipWhile(word => word != flag).Skip(1).FirstOrDefault() is { } value ? $"`{value}`" : "none";

    private static string Sampling(ModelSpec model) => model.Sampling is not { } sampling ? "see the row's note"
        : string.Create(CultureInfo.InvariantCulture, $"temperature {sampling.Temperature}")
            + (sampling.TopP is { } share ? string.Create(CultureInfo.InvariantCulture, $", top_p {share}") : "");

    private static string Affected(EngineBreakage breakage) => string.Join(", ",
    [
        .. (breakage.TextModels ?? []).Select(name => $"language model `{name}`"),
        .. (breakage.Architectures ?? []).Select(name => $"class `{name}`"),
        .. (breakage.Families ?? []).Select(name => name == "*" ? "all" : $"family {name}"),
    ]);

    private static string Conditions(EngineBreakage breakage) => string.Join(", ", new[]
    {
        breakage.Attention is { } attention ? $"{CatalogWords.Of(attention)} attention" : null,
        breakage.HiddenSizes is { } widths ? $"width {string.Join(" or ", widths)}" : null,
        breakage.KvCache is { } cache ? $"kvCacheDtype {CatalogWords.Of(cache)}" : null,
        breakage.Install is { } install ? CatalogWords.Of(install) : null,
        breakage.Vendor is { } vendor ? CatalogWords.Of(vendor) : null,
        breakage.GpuArchitectures is { } cards ? string.Join(" or ", cards.Select(card => CatalogWords.Of(card))) : null,
        breakage.Flag is { } flag ? $"`{flag}`" : null,
    }.OfType<string>()) is { Length: > 0 } words ? words : "always";
}
