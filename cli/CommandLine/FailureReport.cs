using System.Text.Json.Serialization;
using Infra.Planning.Errors;

namespace Infra.Cli.CommandLine;

/// <summary>What <c>--json</c> prints after a user error.</summary>
/// <param name="Error">The message for people.</param>
/// <param name="Errors">The single errors.</param>
internal sealed record FailureReport(string Error, [property: JsonPropertyName("mistakes")] IReadOnlyList<ReportedError> Errors)
{
    public static FailureReport Of(IReadOnlyList<ConfigurationException> failures) => new(
        string.Join("\n", failures.Select(failure => failure.Message)),
        [.. failures.SelectMany(failure => failure.Errors)
            .Select(error => new ReportedError(error.Key, error.Value?.ToString(), error.Problem, error.Fix))]);
}

/// <summary>A user error: see <see cref="UserError"/>.</summary>
internal sealed record ReportedError(string Key, string? Value, string Problem, string Fix);
