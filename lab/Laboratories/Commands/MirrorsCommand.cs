using System.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Lab.Mirrors;

namespace Infra.Lab.Laboratories.Commands;

/// <summary><c>./infra mirrors</c>: how fast the mirrors of a laboratory are, and what is wrong with them; it takes effect at once.</summary>
internal static class MirrorsCommand
{
    /// <summary>Those that can have faults.</summary>
    private static readonly MirrorKind[] Kinds = [MirrorKind.Hub, MirrorKind.Registry, MirrorKind.Python, MirrorKind.Apt];

    private static readonly Argument<string?> Mirror = new("mirror")
    {
        Description = "hub (weights), registry (images), python (packages of Python) or apt (packages of Debian). Default: shows all.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string?> Stack = StackChoice.Option();
    private static readonly Option<long?> BytesPerSecond = new("--bytes-per-second") { Description = "Bandwidth of all connections together." };
    private static readonly Option<int> Latency = new("--latency-ms") { Description = "Before each answer." };
    private static readonly Option<bool> Down = new("--down") { Description = "Connections are reset." };
    private static readonly Option<bool> Hang = new("--hang") { Description = "Connections are taken and nothing is answered." };
    private static readonly Option<int?> Refuse = new("--refuse") { Description = "Every request is answered with this status." };

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
        var command = new Command("mirrors", "Bandwidth and faults of a laboratory's mirrors; what is not given is as it should be.")
        {
            Mirror, BytesPerSecond, Latency, Down, Hang, Refuse, Stack,
        };
        command.SetAction((parsed, _) => Failure.GuardAsync(terminal, json: false, () =>
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
                    Refuse = parsed.GetValue(Refuse),
                };
                if (faults.Mistake() is { } mistake)
                {
                    // It begins with the file's word for the option.
                    var words = mistake.Split(' ', 2);
                    var wrong = words[0] switch { "bytesPerSecond" => BytesPerSecond.Name, "latencyMs" => Latency.Name, _ => Refuse.Name };
                    throw LaboratoryMistake.Of(wrong, null, words[1], "./infra mirrors --help");
                }

                control = control.With(mirror, faults);
                control.Save(file);
            }
            else if (new Option[] { BytesPerSecond, Latency, Down, Hang, Refuse }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } option)
            {
                throw LaboratoryMistake.Of(option.Name, null, "needs a mirror", $"./infra mirrors {Word(Kinds[0])} {option.Name} ...");
            }

            terminal.Console.Profile.Out.Writer.Write(control.ToJson());
            return Task.CompletedTask;
        }));
        return command;
    }

    private static string Word(MirrorKind kind) => kind.ToString().ToLowerInvariant();

    private static MirrorKind? Kind(string word) => Kinds.Where(kind => Word(kind) == word).Select(kind => (MirrorKind?)kind).FirstOrDefault();
}
