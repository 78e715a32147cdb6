using System.ComponentModel.DataAnnotations;

namespace Infra.Planning.Catalog;

/// <summary>What becomes of a request that meets a known breakage.</summary>
public enum BreakageEffect
{
    /// <summary>Refused: it was seen to fail.</summary>
    Refused,

    /// <summary>Served, with a warning.</summary>
    Caution,
}

/// <summary>
/// Something that is known not to work with a release, for models of a family or of a class. A condition that is null always holds.
/// </summary>
public sealed record EngineBreakage
{
    /// <summary><see cref="ModelSpec.Family"/> that it hits; <c>*</c> is all.</summary>
    [MinLength(1)]
    public IReadOnlyList<string>? Families { get; init; }

    /// <summary>Class that vLLM serves a model by, <see cref="Architecture.Name"/>, that it hits whatever the family.</summary>
    [MinLength(1)]
    [RegularExpression(Patterns.ClassName, ErrorMessage = Patterns.ClassNameHelp)]
    public IReadOnlyList<string>? Architectures { get; init; }
    public required BreakageEffect Effect { get; init; }

    /// <summary>Only with this way of installing.</summary>
    public EngineInstall? Install { get; init; }

    /// <summary>Only with this type of KV cache.</summary>
    public KvCacheType? KvCache { get; init; }

    /// <summary>Only on this vendor's cards.</summary>
    public GpuVendor? Vendor { get; init; }

    /// <summary>Only on these generations of cards. A caution alone can have them: a release is chosen before the card is.</summary>
    [MinLength(1)]
    public IReadOnlyList<GpuArchitecture>? GpuArchitectures { get; init; }

    /// <summary>Only for models with this among their flags: <c>--tool-call-parser mistral</c>.</summary>
    public string? Flag { get; init; }

    /// <summary>What happens, as a sentence without its full stop.</summary>
    public required string Problem { get; init; }

    /// <summary>Where it was reported.</summary>
    public required string Source { get; init; }

    /// <summary>When: a day, or a month where the day is not known.</summary>
    [RegularExpression(Patterns.Date, ErrorMessage = Patterns.DateHelp)]
    public required string SourceDate { get; init; }

    /// <summary>Whether this combination is hit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="vendor">Whose card it is.</param>
    /// <param name="install">How vLLM is installed.</param>
    /// <param name="kv">Type of the KV cache.</param>
    /// <param name="card">Generation of the card; null: not chosen yet.</param>
    public bool Hits(ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, GpuArchitecture? card = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return (IsOf(Families, "*") || IsOf(Families, model.Family) || IsOf(Architectures, model.EngineClass)) && Holds(model, vendor, install, kv, card);
    }

    /// <summary>Whether it may be hit: a class is named, and nobody says which one serves this model with a vision tower.</summary>
    internal bool MayHit(ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, GpuArchitecture? card) =>
        Architectures is not null && model.EngineClass is null && model.Architecture.Vision is not null
        && !Hits(model, vendor, install, kv, card) && Holds(model, vendor, install, kv, card);

    private bool Holds(ModelSpec model, GpuVendor vendor, EngineInstall install, KvCacheType kv, GpuArchitecture? card) =>
        (Install is null || Install == install)
        && (KvCache is null || KvCache == kv)
        && (Vendor is null || Vendor == vendor)
        && (GpuArchitectures is null || (card is { } known && GpuArchitectures.Contains(known)))
        && (Flag is null || $" {Words(model.Flags)} ".Contains($" {Words([Flag])} ", StringComparison.Ordinal));

    // vLLM takes --a-b c, --a_b c and --a-b=c.
    private static string Words(IEnumerable<string> flags) => string.Join(' ', flags).Replace('=', ' ').Replace('_', '-');

    private static bool IsOf(IReadOnlyList<string>? names, string? name) => name is not null && names?.Contains(name) == true;
}
