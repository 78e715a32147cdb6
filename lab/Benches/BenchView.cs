using System.Globalization;
using Spectre.Console;

namespace Infra.Lab.Benches;

/// <summary>The results of the benchmarks for terminals.</summary>
internal static class BenchView
{
    public static void Write(IAnsiConsole console, BootReport report)
    {
        var table = new Table().Border(TableBorder.None).AddColumns("", "phase", "from s", "to s", "takes s");
        foreach (var (name, side) in new[] { ("ours", report.Ours), ("tutorial", report.Tutorial) })
        {
            foreach (var (phase, span) in side.Phases)
            {
                table.AddRow(name, phase, Number(span.Start, "0.0"), Number(span.End, "0.0"), Number(span.Seconds, "0.0"));
            }

            table.AddRow(name, "[bold]first answer[/]", "0.0", Number(side.Seconds, "0.0"), Number(side.Seconds, "0.0"));
        }

        console.Write(table);
        Line(console,
            $"limit {Number(report.LimitSeconds, "0.0")} s; {report.Rounds} rounds, medians; load "
                + $"{string.Join(" to ", report.Load.Select(load => Number(load, "0.0")))}");
        var engine = $"with the engine's {Number(report.Parameters.EngineSeconds, "0")} s";
        Line(console,
            $"ours / tutorial {Number(report.RatioToTutorial, "0.00")}; {engine} {Number(report.RatioToTutorialWithEngine, "0.00")}");
        Line(console, $"ours / limit {Number(report.RatioToLimit, "0.00")}; {engine} {Number(report.RatioToLimitWithEngine, "0.00")}");
    }

    public static void Write(IAnsiConsole console, ProxyReport report)
    {
        var table = new Table().Border(TableBorder.None)
            .AddColumns("", "streams", "tokens/s direct", "through nginx", "lost", "first token ms direct", "added ms", "nginx us/token",
                "requests/s through nginx");
        foreach (var (name, rows) in new[] { ($"{Number(report.TokensPerSecond, "0")} tokens/s a stream", report.AtRate),
            ("saturated", report.Saturated) })
        {
            foreach (var row in rows)
            {
                table.AddRow(
                    name, Number(row.Streams, "0"), Number(row.Direct.TokensPerSecond, "0"), Number(row.Proxied.TokensPerSecond, "0"),
                    Number(row.ThroughputLost, "0.0%"),
                    Number(row.Direct.FirstTokenMs, "0.00"), Number(row.AddedMs, "0.00"), Number(row.NginxMicrosecondsPerToken, "0"),
                    Number(row.Proxied.RequestsPerSecond, "0"));
            }
        }

        console.Write(table);
        Line(console,
            $"{report.Rounds} measurements of {report.Seconds} s each way, alternating; load "
                + $"{string.Join(" to ", report.Load.Select(load => Number(load, "0.0")))}");
    }

    public static void Write(IAnsiConsole console, ApiReport report)
    {
        var table = new Table().Border(TableBorder.None)
            .AddColumns("", "bytes", "requests/s", "median ms", "slowest of 100", "bare requests/s", "bare median ms", "ratio");
        foreach (var row in report.Rows)
        {
            table.AddRow(Markup.Escape(row.Request), Number(row.Bytes, "0"), Number(row.Api.RequestsPerSecond, "0"),
                Number(row.Api.MedianMs, "0.00"), Number(row.Api.SlowestMs, "0.00"), Number(row.Bare.RequestsPerSecond, "0"),
                Number(row.Bare.MedianMs, "0.00"), Number(row.Ratio, "0.0"));
        }

        console.Write(table);
        Line(console, $"a Droplet is active {Number(report.CreateToActiveMs, "0.0")} ms after its request; the list of all "
            + $"{Number(report.Droplets, "0")} takes {Number(report.WholeListMs, "0.0")} ms");
        Line(console, $"{report.Clients} at a time; {report.Rounds} rounds, medians; load "
            + $"{string.Join(" to ", report.Load.Select(load => Number(load, "0.0")))}");
    }

    private static void Line(IAnsiConsole console, string text) => console.Profile.Out.Writer.WriteLine(text);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
