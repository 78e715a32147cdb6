using System.Diagnostics;
using Infra.Cli.CommandLine;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;
using Spectre.Console;

namespace Infra.Lab.Stacks.Views;

/// <summary>
/// Progress of a start: a live table with a row per server in a terminal, one line per finished operation in a pipe. Both on stderr: only
/// the result is on stdout.
/// </summary>
internal sealed class UpView(Terminal terminal, LabStack lab)
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _done = new(StringComparer.Ordinal);
    private string _now = "";

    /// <summary>Prints a message once.</summary>
    public void Print(string text)
    {
        lock (_lock)
        {
            _now = text;
            if (!terminal.IsInteractive)
            {
                terminal.WriteError(text);
            }
        }
    }

    /// <summary>An operation of the local cloud.</summary>
    public void Report(ResourceEvent happened)
    {
        lock (_lock)
        {
            var what = $"{Verb(happened.Operation)} {happened.Type[(happened.Type.LastIndexOf(':') + 1)..]} {happened.Name}";
            switch (happened.Phase)
            {
                case Phase.Started:
                    _now = what;
                    break;
                case Phase.Finished when happened.Operation != Operation.Same:
                    _done[Verb(happened.Operation)] = _done.GetValueOrDefault(Verb(happened.Operation)) + 1;
                    // Keys, passwords and components are many and take no time.
                    if (IsWorthALine(happened.Type))
                    {
                        Line($"{what}: done");
                    }

                    break;
                case Phase.Retried:
                    Line($"{what}: {happened.Message}");
                    break;
                case Phase.Failed:
                    Line($"{what}: {(happened.Message == ResourceFailure.Cancelled ? "cut short" : "failed")}");
                    break;
            }
        }
    }

    /// <summary>Shows progress until disposed.</summary>
    public IAsyncDisposable Watch(CancellationToken cancel)
    {
        // Phases that ended before this run are not reported.
        _reported.UnionWith(EndedPhases().Select(ended => Key(ended.Node, ended.Phase)));
        return new Watching(this, cancel);
    }

    private static bool IsWorthALine(string type) =>
        type is Types.Droplet or Types.LoadBalancer or Types.Volume or Types.Vpc or Types.Firewall;

    private static string Verb(Operation operation) => operation.ToString().ToLowerInvariant();

    private void Line(string text)
    {
        if (!terminal.IsInteractive)
        {
            terminal.WriteError($"{_clock.Elapsed.TotalSeconds,6:0.0} s  {text}");
        }
    }

    /// <summary>Phases that ended since the last call, one line each.</summary>
    private void ReportPhases()
    {
        foreach (var (node, phase) in EndedPhases())
        {
            lock (_lock)
            {
                if (_reported.Add(Key(node, phase)))
                {
                    Line($"{node.Name}: {PhaseTimeline.Line([phase])}");
                }
            }
        }
    }

    private IEnumerable<(DeployedNode Node, TimelinePhase Phase)> EndedPhases() =>
        from node in lab.Nodes()
        from phase in PhaseTimeline.Phases(lab.TimelineOf(node))
        where phase.End is not null
        select (node, phase);

    private static string Key(DeployedNode node, TimelinePhase phase) => $"{node.Id} {phase.Phase} {phase.End}";

    private Table Picture()
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("server", "phases");
        foreach (var node in lab.Nodes())
        {
            table.AddRow(new Text(node.Name, Styled.Bold), new Text(PhaseTimeline.Line(PhaseTimeline.Phases(lab.TimelineOf(node)), null)));
        }

        lock (_lock)
        {
            var counts = string.Join(", ", _done.Select(entry => $"{entry.Key} {entry.Value}"));
            table.AddRow(new Text($"{_clock.Elapsed.TotalSeconds:0} s", Styled.Grey),
                new Text(counts.Length > 0 ? $"{counts}; {_now}" : _now, Styled.Grey));
        }

        return table;
    }

    private sealed class Watching : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly Task _loop;

        public Watching(UpView view, CancellationToken cancel)
        {
            _loop = view.LoopAsync(CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancel).Token);
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _loop;
            _end.Dispose();
        }
    }

    private Task LoopAsync(CancellationToken end) => terminal.IsInteractive
        ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(System.Console.Error) }).Live(new Table())
            .AutoClear(false).StartAsync(async live =>
        {
            while (!end.IsCancellationRequested)
            {
                live.UpdateTarget(Picture());
                await Task.Delay(Refresh, end).ContinueWith(static _ => { }, TaskScheduler.Default);
            }

            live.UpdateTarget(Picture());
        })
        : Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                ReportPhases();
                await Task.Delay(Refresh, end).ContinueWith(static _ => { }, TaskScheduler.Default);
            }

            ReportPhases();
        }, CancellationToken.None);
}
