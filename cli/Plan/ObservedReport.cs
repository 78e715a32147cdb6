using System.Text.Json;
using System.Text.Json.Serialization;
using Infra.Planning.Catalog;
using Infra.Planning.Observed;

namespace Infra.Cli.Plan;

/// <summary><c>./infra plan --observed FILE --json</c>.</summary>
/// <param name="Model">Repository id.</param>
/// <param name="Gpu">Card.</param>
/// <param name="Terms">The plan next to the log, term by term.</param>
/// <param name="Class">Class of the plan with its measured error.</param>
/// <param name="MarginGiB">Margin of one GPU.</param>
/// <param name="SafeKvTokens">Tokens that the plan promises for one engine.</param>
/// <param name="Promise">Whether the log has what the plan promises; null: the log has no KV cache.</param>
/// <param name="Notes">What limits the comparison.</param>
/// <param name="Observation">The start as a row that can be sent in.</param>
internal sealed record ObservedReport(
    string Model,
    string Gpu,
    IReadOnlyList<ObservedTerm> Terms,
    string Class,
    double MarginGiB,
    long SafeKvTokens,
    string? Promise,
    IReadOnlyList<string> Notes,
    JsonElement Observation)
{
    private const int Digits = 2;

    public static ObservedReport Of(ObservedStart observed, ModelSpec model, GpuSize size)
    {
        using var row = JsonDocument.Parse(observed.Row);
        return new(
            model.Id,
            size.Gpu,
            [.. observed.Terms.Select(term => new ObservedTerm(term.Term, term.Unit, Math.Round(term.Planned, Digits), term.Logged,
                term.Percent is { } percent ? Math.Round(percent, Digits) : null))],
            observed.Plan.MarginReason,
            Math.Round(observed.Plan.MarginGiB, Digits),
            observed.Plan.SafeKvTokens,
            observed.Promise,
            observed.Notes,
            row.RootElement.Clone());
    }
}

/// <summary>A term of the plan next to the log's: GiB of one GPU, or tokens of one engine.</summary>
internal sealed record ObservedTerm(string Term, string Unit, double Plan, double Log, double? ErrorPercent);

/// <summary>Shape of <see cref="ObservedReport"/>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(ObservedReport))]
internal sealed partial class ObservedJson : JsonSerializerContext;
