using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Lab.Mirrors;
using Infra.Planning.Errors;

namespace Infra.Lab.Stacks.Commands;

/// <summary><c>./infra mirrors</c>: shows and changes bandwidth and faults of a lab's mirrors, at once.</summary>
internal static class MirrorsCommand
{
    /// <summary>The mirrors that support faults.</summary>
    private static readonly MirrorKind[] Kinds = [MirrorKind.Hub, MirrorKind.Registry, MirrorKind.Python, MirrorKind.Apt];

    private static readonly Argument<string?> Mirror = new("mirror")
    {
        Description = "hub (weights), registry (images), python (Python packages) or apt (Debian packages). Default: show all.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Stack = StackChoice.Option();
    private static readonly Option<long?> BytesPerSecond = new("--bytes-per-second")
    {
        Description = "Bandwidth of all connections together.",
    };
    private static readonly Option<int> Latency = new("--latency-ms") { Description = "Delay of each response." };
    private static readonly Option<bool> Down = new("--down") { Description = "Reset connections." };
    private static readonly Option<bool> Hang = new("--hang") { Description = "Accept connections, but send nothing." };
    private static readonly Option<int[]> Refuse = new("--refuse")
    {
        Description = "Answer requests with this status, or with several in turn (403,404); 200 is an HTML page.",
        CustomParser = static given => Statuses(given),
    };

    private static readonly Option<MirrorPart> At = new("--at")
    {
        Description = "Apply --refuse at front (the host that clients contact first) or at cdn (the storage host). Default: all.",
    };
    private static readonly Option<int?> Times = new("--times") { Description = "Number of requests that --refuse affects. Default: all." };
    private static readonly Option<double?> Rate = new("--rate")
    {
        Description = "Share of requests that --refuse affects, at random: 0.2. Default: all.",
    };
    private static readonly Option<int> Seed = new("--seed") { Description = "Random seed of --rate." };
    private static readonly Option<string[]> Header = new("--header")
    {
        Description = "A header of --refuse responses: \"Retry-After: 5\". Repeatable.",
    };

    public static Command Create(Terminal terminal)
    {
        StackChoice.RefuseOptions(Mirror, "mirrors");
        Mirror.Validators.Add(static given =>
        {
            foreach (var token in given.Tokens.Where(token => !token.Value.StartsWith('-') && Kind(token.Value) is null))
            {
                given.AddError($"'{token.Value}' is not a mirror; choose from {string.Join(", ", Kinds.Select(Word))}");
            }
        });
        var command = new Command("mirrors", "Set bandwidth and faults of a lab's mirrors; omitted ones are reset.")
        {
            Mirror, BytesPerSecond, Latency, Down, Hang, Refuse, At, Times, Rate, Seed, Header, Stack,
        };
        command.SetAction((parsed, _) => LabFailure.GuardAsync(terminal, json: false, () =>
        {
            var file = StackChoice.FindUp(parsed.GetValue(Stack)).Folder.MirrorControl;
            var control = MirrorControl.Load(file);
            if (parsed.GetValue(Mirror) is { } named && Kind(named) is { } mirror)
            {
                var faults = new MirrorFaults
                {
                    BytesPerSecond = parsed.GetValue(BytesPerSecond),
                    LatencyMs = parsed.GetValue(Latency),
                    Down = parsed.GetValue(Down),
                    Hang = parsed.GetValue(Hang),
                    Refuse = Refusal(parsed),
                };
                if (faults.Problem() is { } error)
                {
                    // The message begins with the JSON name of the option.
                    var words = error.Split(' ', 2);
                    var wrong = words[0] switch
                    {
                        "bytesPerSecond" =>
                        BytesPerSecond.Name,
                        "latencyMs" => Latency.Name,
                        var word => $"--{word}"
                    };
                    throw LabUserError.Of(wrong, null, words[1], "./infra mirrors --help");
                }

                control = control.With(mirror, faults);
                control.Save(file);
            }
            else if (new Option[] { BytesPerSecond, Latency, Down, Hang, Refuse, At, Times, Rate, Seed, Header }
                .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } option)
            {
                throw LabUserError.Of(option.Name, null, "needs a mirror", Typed(parsed, Word(Kinds[0])));
            }

            terminal.Console.Profile.Out.Writer.Write(control.ToJson());
            return Task.CompletedTask;
        }));
        return command;
    }

    private static MirrorRefusal? Refusal(ParseResult parsed)
    {
        if (parsed.GetValue(Refuse) is not { Length: > 0 } statuses)
        {
            return new Option[] { At, Times, Rate, Seed, Header }
                .FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } unpaired
                ? throw LabUserError.Of(unpaired.Name, null, $"needs {Refuse.Name}", Typed(parsed, Refuse.Name, "403"))
                : null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in parsed.GetValue(Header) ?? [])
        {
            if (header.Split(':', 2) is not [var name, var value] || name.Trim().Length == 0 || header.Any(char.IsControl))
            {
                throw LabUserError.Of(Header.Name, header, "is not a name, a colon and a value",
                    "./infra mirrors hub --refuse 503 --header 'Retry-After: 5'");
            }

            headers[name.Trim()] = value.Trim();
        }

        return new MirrorRefusal
        {
            Statuses = statuses,
            At = parsed.GetValue(At),
            Times = parsed.GetValue(Times),
            Rate = parsed.GetValue(Rate),
            Seed = parsed.GetValue(Seed),
            Headers = headers,
            Asked = DateTimeOffset.UtcNow,
        };
    }

    /// <summary>The command that was typed, with more words at its end.</summary>
    private static string Typed(ParseResult parsed, params IEnumerable<string> more) =>
        $"./infra {string.Join(' ', parsed.Tokens.Select(token => token.Value).Concat(more).Select(ShellWord.Of))}";

    private static int[] Statuses(ArgumentResult given)
    {
        var statuses = new List<int>();
        foreach (var word in given.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries)))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            {
                given.AddError($"--refuse: '{word}' is not a status; for example --refuse 403,503");
                break;
            }

            statuses.Add(status);
        }

        return [.. statuses];
    }

    private static string Word(MirrorKind kind) => kind.ToString().ToLowerInvariant();

    private static MirrorKind? Kind(string word) =>
        Kinds.Where(kind => Word(kind) == word).Select(kind => (MirrorKind?)kind).FirstOrDefault();
}
