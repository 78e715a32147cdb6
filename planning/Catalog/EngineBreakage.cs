using System.ComponentModel.DataAnnotations;

namespace Infra.Planning.Catalog;

/// <summary>Effect of a known breakage.</summary>
public enum BreakageEffect
{
    /// <summary>Rejected: the combination is known to fail.</summary>
    Refused,

    /// <summary>Served with a warning.</summary>
    Caution,

    /// <summary>Served without a warning: it affects single requests, and only docs/catalog.md describes it.</summary>
    Note,
}

/// <summary>
/// A known defect of a release, for models of an architecture, a class or a family. A condition that is null always matches.
/// </summary>
public sealed record EngineBreakage
{
    /// <summary>Affected <see cref="ModelSpec.Family"/>; <c>*</c> is all.</summary>
    [MinLength(1)]
    public IReadOnlyList<string>? Families { get; init; }

    /// <summary>Affected <see cref="Architecture.TextModel"/>, for any family.</summary>
    [MinLength(1)]
    [RegularExpression(Patterns.ModelType, ErrorMessage = Patterns.ModelTypeHelp)]
    public IReadOnlyList<string>? TextModels { get; init; }

    /// <summary>Affected vLLM class, <see cref="ModelSpec.EngineClass"/>, for any family.</summary>
    [MinLength(1)]
    [RegularExpression(Patterns.ClassName, ErrorMessage = Patterns.ClassNameHelp)]
    public IReadOnlyList<string>? Architectures { get; init; }
    public required BreakageEffect Effect { get; init; }

    /// <summary>Only models with this kind of attention.</summary>
    public AttentionKind? Attention { get; init; }

    /// <summary>Only models of one of these widths (<see cref="Architecture.HiddenSize"/>): a defect that was seen with one size.</summary>
    [MinLength(1)]
    public IReadOnlyList<int>? HiddenSizes { get; init; }

    /// <summary>Only with this installation method.</summary>
    public EngineInstall? Install { get; init; }

    /// <summary>Only with this KV cache type.</summary>
    public KvCacheType? KvCache { get; init; }

    /// <summary>Only on cards of this vendor.</summary>
    public GpuVendor? Vendor { get; init; }

    /// <summary>Only on these GPU architectures. Only for cautions, because a release is selected before the card.</summary>
    [MinLength(1)]
    public IReadOnlyList<GpuArchitecture>? GpuArchitectures { get; init; }

    /// <summary>Only for models with one of these flags: <c>--tool-call-parser mistral</c>.</summary>
    public string? Flag { get; init; }

    /// <summary>The problem, as a sentence without the final period.</summary>
    public required string Problem { get; init; }

    /// <summary>Source.</summary>
    public required string Source { get; init; }

    /// <summary>Date of the source: a day, or a month if the day is unknown.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }

    /// <summary>Whether the breakage affects this combination.</summary>
    /// <param name="model">The model.</param>
    /// <param name="vendor">Vendor of the card.</param>
    /// <param name="install">Installation method of vLLM.</param>
    /// <param name="kv">KV cache type.</param>
    /// <param name="card">Architecture of the card; null: not selected yet.</param>
    public bool Hits(ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, GpuArchitecture? card = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return (IsOf(Families, "*") || IsOf(Families, model.Family) || IsOf(TextModels, model.Architecture.TextModel)
                || IsOf(Architectures, model.EngineClass))
            && Holds(model, vendor, install, kv, card);
    }

    /// <summary>The member that a row lacks to know whether the breakage affects it; null: that is known.</summary>
    internal string? Lacking(ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, GpuArchitecture? card) =>
        Hits(model, vendor, install, kv, card) || !Holds(model, vendor, install, kv, card) ? null
        : Architectures is not null && model.EngineClass is null && model.Architecture.Vision is not null
            ? "architecture.name (architectures in its config.json)"
        : TextModels is not null && model.Architecture.TextModel is null && model.IsWrapped
            ? "architecture.textModel (model_type of text_config in its config.json)"
        : null;

    private bool Holds(ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, GpuArchitecture? card) =>
        (Attention is null || Attention == model.Architecture.Attention)
        && (HiddenSizes is null || HiddenSizes.Contains(model.Architecture.HiddenSize))
        && (Install is null || Install == install)
        && (KvCache is null || KvCache == kv)
        && (Vendor is null || Vendor == vendor)
        && (GpuArchitectures is null || (card is { } known && GpuArchitectures.Contains(known)))
        && (Flag is null || $" {Words(model.Flags)} ".Contains($" {Words([Flag])} ", StringComparison.Ordinal));

    // vLLM accepts --a-b c, --a_b c and --a-b=c.
    private static string Words(IEnumerable<string> flags) => string.Join(' ', flags).Replace('=', ' ').Replace('_', '-');

    private static bool IsOf(IReadOnlyList<string>? names, string? name) => name is not null && names?.Contains(name) == true;
}
