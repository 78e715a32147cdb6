using System.CommandLine;
using System.Text.RegularExpressions;
using Infra.Lab.Plan;
using Infra.Lab.Preview;

namespace Infra.Lab.CommandLine;

/// <summary>The command line of <c>./infra</c>, as far as it is C#: the script itself builds, tests and checks.</summary>
internal static partial class InfraCommand
{
    public static Task<int> InvokeAsync(string[] args)
    {
        var terminal = Terminal.ForThisProcess();
        var root = new RootCommand("Open-weight models on your own cloud account.")
        {
            PreviewCommand.Create(terminal),
            PlanCommand.Create(terminal),
        };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            return parsed.InvokeAsync();
        }

        var mistakes = parsed.Errors.Select(error => Plain(error.Message)).Distinct();
        var command = parsed.CommandResult.Command is RootCommand ? "" : $" {parsed.CommandResult.Command.Name}";
        terminal.WriteError($"{string.Join("\n", mistakes)}\n  fix: ./infra{command} --help");
        return Task.FromResult(ExitCode.OperatorMistake);
    }

    /// <summary>The parser names .NET types; people know numbers and words.</summary>
    private static string Plain(string message) => WrongType().Replace(message, match =>
        $"{match.Groups["option"].Value}: '{match.Groups["value"].Value}' is not {(match.Groups["type"].Value switch
        {
            "Int32" => "a whole number",
            "Double" => "a number",
            _ => "one of the values that --help lists",
        })}");

    [GeneratedRegex(@"Cannot parse argument '(?<value>.*)' for option '(?<option>.*)' as expected type '(System\.Nullable`1\[)?[\w.]*\b(?<type>\w+)(\[\])?\]?'.*", RegexOptions.Singleline)]
    private static partial Regex WrongType();
}
