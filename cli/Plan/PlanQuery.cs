using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Cli.Plan;

/// <summary>The arguments of <c>./infra plan</c>.</summary>
internal sealed record PlanQuery
{
    public required ModelCatalog Catalog { get; init; }

    /// <summary>Repository ids; empty: all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Size slugs; empty: all with a matching <see cref="Availability"/>.</summary>
    public IReadOnlyList<string> Sizes { get; init; } = [];
    public string? Region { get; init; }
    public int? ContextLength { get; init; }
    public int Concurrency { get; init; } = 1;
    public IReadOnlyList<Availability> Availability { get; init; } = [];
    public string? Engine { get; init; }
    public EngineOptions Options { get; init; } = new();
}
