using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;

namespace Infra.Cli.CommandLine;

/// <summary>The C# part of the <c>./infra</c> command line; the script itself builds, tests and checks.</summary>
internal static partial class InfraCommand
{
    /// <summary>Before the words of a line: prints what the last can become. The scripts of <c>./infra completion</c> use it.</summary>
    private const string CompleteWord = "complete";

    private const string NoCommand = "Required command was not provided.";

    /// <summary>A word with <c>@</c> is itself: by default, the parser reads the file of that name for more words.</summary>
    private static readonly ParserConfiguration s_words = new() { ResponseFileTokenReplacer = null };

    /// <param name="args">The arguments.</param>
    /// <param name="terminal">Where to report errors.</param>
    /// <param name="commands">The commands of this program.</param>
    public static async Task<int> InvokeAsync(string[] args, Terminal terminal, IEnumerable<Command> commands)
    {
        var status = ExitCode.Fine;
        // Help, completion and reports of errors are output too, which may fail.
        var written = await Failure.GuardAsync(terminal, json: false, async () => status = await RunAsync(args, terminal, commands));
        return written == ExitCode.Fine ? status : written;
    }

    private static async Task<int> RunAsync(string[] args, Terminal terminal, IEnumerable<Command> commands)
    {
        // Not a RootCommand: its name would be the assembly's, so its usage lines could not be pasted.
        var root = new Command("./infra", "Open-weight models on your own cloud account.") { new HelpOption() };
        foreach (var command in commands)
        {
            root.Add(command);
        }

        if (args is [CompleteWord, .. var typed])
        {
            Complete(root, typed, terminal);
            return ExitCode.Fine;
        }

        var parsed = root.Parse(args, s_words);
        var errors = parsed.Errors.Select(error => Plain(error.Message)).Concat(UnknownOptions(parsed, args)).Concat(DecimalCommas(parsed))
            .Distinct().OrderBy(error => error == NoCommand)
            .Select(error => error != NoCommand ? error : $"choose a command: {string.Join(", ",
                parsed.CommandResult.Command.Subcommands.Where(command => !command.Hidden).Select(command => command.Name))}").ToArray();
        if (errors.Length == 0)
        {
            var status = await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                Output = terminal.Console.Profile.Out.Writer,
            });
            // The parser's library waits two seconds for a command that is interrupted.
            if (status is ExitCode.Interrupted && !terminal.HasEnded)
            {
                terminal.WriteError("interrupted");
            }

            return status;
        }

        var words = new Stack<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult { Command: var reached } && reached != root; at = at.Parent)
        {
            words.Push(reached.Name);
        }

        var name = string.Join(' ', words);
        var fix = $"./infra {(name.Length > 0 ? $"{name} " : "")}--help";
        var message = $"{string.Join("\n", errors)}\n  fix: {fix}";
        // A line that is not understood may ask for JSON all the same.
        if (args.TakeWhile(word => word != "--").Contains("--json", StringComparer.Ordinal))
        {
            terminal.WriteJson(
                new FailureReport(message, [.. errors.Select(error => new ReportedError(name, null, error, fix))]),
                FailureJson.Default.FailureReport);
        }
        else
        {
            terminal.WriteError(message);
        }

        return ExitCode.UserError;
    }

    /// <summary>Arguments of free text take a mistyped option as text, which nobody means before <c>--</c>.</summary>
    private static IEnumerable<string> UnknownOptions(ParseResult parsed, string[] args)
    {
        if (parsed.Errors.Count > 0)
        {
            return [];
        }
        var texts = parsed.Tokens.Where(token => token.Type == TokenType.Argument).Select(token => token.Value).ToHashSet();
        return args.TakeWhile(word => word != "--")
            .Where(word => word.Length > 1 && word[0] == '-' && !double.TryParse(word, CultureInfo.InvariantCulture, out _)
                && texts.Contains(word))
            .Select(word => $"Unrecognized option '{word}'; text that starts with '-' comes after --");
    }

    /// <summary>The parser drops a comma of a number: <c>0,9</c> would be 9.</summary>
    private static IEnumerable<string> DecimalCommas(ParseResult parsed) =>
        from result in parsed.CommandResult.Children.OfType<OptionResult>()
        where result.Option.ValueType == typeof(double) || result.Option.ValueType == typeof(double?)
        from token in result.Tokens
        where token.Value.Contains(',', StringComparison.Ordinal)
        select $"{result.Option.Name}: '{token.Value}' is not a number; write {token.Value.Replace(',', '.')}";

    private static void Complete(Command root, string[] typed, Terminal terminal)
    {
        // As words, an empty last one would be the value of the option before it.
        var line = string.Join(' ', typed.Select(word => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word));
        try
        {
            var found = typed is [.., ""]
                ? root.Parse(line, s_words).GetCompletions(line.Length)
                : root.Parse(typed, s_words).GetCompletions();
            // Completes only one name of the help option.
            foreach (var completion in found.Select(item => item.Label).Distinct(StringComparer.Ordinal)
                .Where(static label => !label.StartsWith('/') && label is not ("-?" or "-h")))
            {
                terminal.WriteCommand(completion);
            }
        }
        catch (ConfigurationException)
        {
            // Outside of a project there are no stacks.
        }
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
