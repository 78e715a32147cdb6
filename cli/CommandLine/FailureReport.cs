using Infra.Planning.Errors;

namespace Infra.Cli.CommandLine;

/// <summary>What <c>--json</c> prints when the operator got something wrong.</summary>
/// <param name="Error">The message that people get.</param>
/// <param name="Mistakes">Its parts, one by one.</param>
internal sealed record FailureReport(string Error, IReadOnlyList<ReportedMistake> Mistakes)
{
    public static FailureReport Of(IReadOnlyList<ConfigurationException> failures) => new(
        string.Join("\n", failures.Select(failure => failure.Message)),
        [.. failures.SelectMany(failure => failure.Mistakes)
            .Select(mistake => new ReportedMistake(mistake.Key, mistake.Value?.ToString(), mistake.Problem, mistake.Fix))]);
}

/// <summary>One mistake of the operator: see <see cref="ConfigurationMistake"/>.</summary>
internal sealed record ReportedMistake(string Key, string? Value, string Problem, string Fix);
