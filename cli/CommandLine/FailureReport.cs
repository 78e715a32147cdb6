using Infra.Planning.Errors;

namespace Infra.Cli.CommandLine;

/// <summary>What <c>--json</c> prints after a user error.</summary>
/// <param name="Error">The message for people.</param>
/// <param name="Mistakes">The single errors.</param>
internal sealed record FailureReport(string Error, IReadOnlyList<ReportedMistake> Mistakes)
{
    public static FailureReport Of(IReadOnlyList<ConfigurationException> failures) => new(
        string.Join("\n", failures.Select(failure => failure.Message)),
        [.. failures.SelectMany(failure => failure.Mistakes)
            .Select(mistake => new ReportedMistake(mistake.Key, mistake.Value?.ToString(), mistake.Problem, mistake.Fix))]);
}

/// <summary>A user error: see <see cref="ConfigurationMistake"/>.</summary>
internal sealed record ReportedMistake(string Key, string? Value, string Problem, string Fix);
