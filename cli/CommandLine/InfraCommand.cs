using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;

namespace Infra.Cli.CommandLine;

/// <summary>The C# part of the <c>./infra</c> command line; the script itself builds, tests and checks.</summary>
internal static partial class InfraCommand
{
    /// <param name="args">The arguments.</param>
    /// <param name="terminal">Where to report errors.</param>
    /// <param name="commands">The commands of this program.</param>
    public static Task<int> InvokeAsync(string[] args, Terminal terminal, IEnumerable<Command> commands)
    {
        // Not a RootCommand: its name would be the assembly's, so its usage lines could not be pasted.
        var root = new Command("./infra", "Open-weight models on your own cloud account.") { new HelpOption() };
        foreach (var command in commands)
        {
            root.Add(command);
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
        {
            return parsed.InvokeAsync();
        }

        var errors = parsed.Errors.Select(error => Plain(error.Message)).Distinct();
        var words = new Stack<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: var command } && command != root; at = at.Parent)
        {
            words.Push(command.Name);
        }

        terminal.WriteError($"{string.Join("\n", errors)}\n  fix: ./infra {string.Join("", words.Select(word => $"{word} "))}--help");
        return Task.FromResult(ExitCode.UserError);
    }

    /// <summary>Replaces .NET type names in the parser's messages with plain words.</summary>
    private static string Plain(string message) => WrongType().Replace(message, match =>
        $"{match.Groups["option"].Value}: '{match.Groups["value"].Value}' is not {(match.Groups["type"].Value switch
        {
            "Int32" => "a whole number",
            "Double" => "a number",
            nameof(Availability) => Choice(typeof(Availability)),
            nameof(KvCacheType) => Choice(typeof(KvCacheType)),
            nameof(EngineInstall) => Choice(typeof(EngineInstall)),
            _ => "one of the values that --help lists",
        })}");

    /// <summary>The values of an option, as in the stack configuration; the parser ignores case.</summary>
    internal static string Words(Type choice) => string.Join(", ", Enum.GetNames(choice).Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static string Choice(Type choice) => $"one of {Words(choice)}";

    [GeneratedRegex(@"Cannot parse argument '(?<value>.*)' for option '(?<option>.*)' as expected type '(System\.Nullable`1\[)?[\w.]*\b(?<type>\w+)(\[\])?\]?'.*", RegexOptions.Singleline)]
    private static partial Regex WrongType();
}
