using System.CommandLine;
using System.Globalization;
using System.Text;
using Infra.Cli.CommandLine;
using Infra.Planning.Catalog;
using Infra.Planning.Errors;
using Infra.Planning.Observed;
using Infra.Planning.Reading;
using Spectre.Console;

namespace Infra.Cli.Plan;

/// <summary><c>./infra plan --observed FILE</c>: compares vLLM's log of a start with the plan for it.</summary>
internal static class PlanObserved
{
    private const string Name = "--observed";

    /// <summary>What means standard input.</summary>
    private const string StandardInput = "-";

    /// <summary>Share of a card's memory by which the log's may differ: a driver keeps more or less of it.</summary>
    private const double SameCard = 0.015;

    /// <summary>Directories and addresses in names of models are not shown.</summary>
    private const int ShownNames = 3;

    public static readonly Option<string?> File = new(Name)
    {
        Description = "Log of vLLM's start, or - for standard input: compare it with the plan, and print an observation to send in. "
            + "Values in the log take precedence; options supply the rest.",
        HelpName = "FILE",
    };

    public static void Write(Terminal terminal, PlanQuery query, string file, bool json)
    {
        var log = StartLog.Read(Content(terminal, file));
        if (!log.HasMemory)
        {
            throw new ConfigurationException(new UserError(Name, file,
                "has no line of vLLM about memory, such as 'Available KV cache memory: 9.31 GiB' or 'GPU KV cache size: 71,680 tokens'",
                "give the log from the first line of the start on: journalctl -u vllm -o cat | ./infra plan --observed -"));
        }

        var model = Model(query, log);
        var size = Size(query, log);
        var version = query.Engine ?? query.Catalog.Engines.Keys.MaxBy(Version.Parse)!;
        var observed = ObservedStart.Of(log, model, size, query.Catalog, query.Options, version);
        if (json)
        {
            terminal.WriteJson(ObservedReport.Of(observed, model, size), ObservedJson.Default.ObservedReport);
        }
        else
        {
            Write(terminal, observed, model, size);
        }
    }

    private static void Write(Terminal terminal, ObservedStart observed, ModelSpec model, GpuSize size)
    {
        var console = terminal.Console;
        console.WriteStyled((model.Id, Styled.Bold), ($" on {size.Gpu}", Styled.Plain));
        var table = new Table().Border(TableBorder.Rounded)
            .WithColumns("term").WithNumbers("plan", "log", "error").WithColumns("unit");
        foreach (var term in observed.Terms)
        {
            table.AddRow(term.Term, Number(term, term.Planned), Number(term, term.Logged), Error(term), term.Unit);
        }

        console.Write(table);
        console.WriteLine($"class: {observed.Plan.MarginReason}");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"margin: {observed.Plan.MarginGiB:F2} GiB per GPU"));
        if (observed.Promise is { } promise)
        {
            console.WriteLine($"promise: {promise}");
        }

        foreach (var note in observed.Notes)
        {
            console.WriteStyled(("note:", Styled.Yellow), ($" {note}", Styled.Plain));
        }

        console.WriteLine();
        console.WriteLine("The observation, ready to be sent in (docs/sizing.md, \"Send in a log\"). "
            + "It has numbers and the names of the catalog only:");
        terminal.WriteCommand(observed.Row);
    }

    private static string Number(TermError term, double value) =>
        value.ToString(term.Unit == "tokens" ? "N0" : "F2", CultureInfo.InvariantCulture);

    private static string Error(TermError term) => term.Percent is { } percent && term.Unit == "tokens"
        ? percent.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture) + " %"
        : term.Difference.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture)
            + (term.Percent is { } share ? share.ToString(" (+0.0 %); (-0.0 %); (0.0 %)", CultureInfo.InvariantCulture) : "");

    private static string Content(Terminal terminal, string file)
    {
        if (file == StandardInput)
        {
            return Standard(terminal.Input);
        }

        try
        {
            return UserFile.Read(file) is { Length: > 0 } content ? Encoding.UTF8.GetString(content)
                : throw new InvalidDataException("it is empty, or no regular file");
        }
        catch (Exception problem) when (problem
            is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException(new UserError(Name, file, $"cannot be read: {(problem switch
            {
                _ when Directory.Exists(file) => "it is a folder",
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                _ => problem.Message,
            })}", "./infra plan --observed vllm.log"));
        }
    }

    private static string Standard(TextReader input)
    {
        var text = new StringBuilder();
        var buffer = new char[64 * 1024];
        while (input.ReadBlock(buffer, 0, buffer.Length) is > 0 and var read)
        {
            text.Append(buffer, 0, read);
            if (text.Length > UserFile.MostBytes)
            {
                throw new ConfigurationException(new UserError(Name, StandardInput,
                    $"cannot be read: it has more than {UserFile.MostBytes} characters", "give the lines of one start"));
            }
        }

        return text.ToString();
    }

    /// <summary>The model that was asked for, else the one of the catalog that the log names.</summary>
    private static ModelSpec Model(PlanQuery query, StartLog log)
    {
        if (query.Models.Count == 1)
        {
            return query.Catalog.Model(query.Models[0], "--model");
        }

        if (query.Models.Count == 0 && log.Models.FirstOrDefault(query.Catalog.Models.ContainsKey) is { } named)
        {
            return query.Catalog.Models[named];
        }

        var names = log.Models.Select(name => name.Split('/', '\\')[^1]).Distinct().Take(ShownNames).ToList();
        throw new ConfigurationException(new UserError("--model", null, query.Models.Count > 1
                ? "names several models; a log is of one"
                : names.Count > 0 ? $"is missing: the log names {string.Join(", ", names)}, which the catalog does not have"
                : "is missing: the log names no model",
            "--model mistralai/Ministral-3-8B-Instruct-2512"));
    }

    /// <summary>The size that was asked for, else the smallest with the only card that has the memory of the log.</summary>
    private static GpuSize Size(PlanQuery query, StartLog log)
    {
        var catalog = query.Catalog;
        if (query.Sizes.Count == 1)
        {
            return catalog.Size(query.Sizes[0], "--size");
        }

        if (query.Sizes.Count > 1)
        {
            throw new ConfigurationException(
                new UserError("--size", null, "names several sizes; a log is of one", $"--size {query.Sizes[0]}"));
        }

        var gpus = (log.TensorParallel ?? 1) * (log.DataParallel ?? 1);
        var possible = catalog.Sizes.Values
            .Where(size => size.GpuCount >= gpus && log.VisibleGiB is { } visible
                && Math.Abs(catalog.GpuOf(size).VisibleGiB - visible) <= SameCard * visible)
            .OrderBy(size => size.GpuCount).ThenBy(size => size.UsdPerHour ?? decimal.MaxValue).ToList();
        var cards = possible.Select(size => size.Gpu).Distinct(StringComparer.Ordinal).ToList();
        return cards.Count == 1 ? possible[0] : throw new ConfigurationException(new UserError("--size", null,
            cards.Count == 0
                ? "is missing: no card of the catalog has the memory that the log states; add the card to a catalog file (--catalog)"
                : $"is missing: the memory that the log states is that of {string.Join(" and ", cards)}",
            $"--size {(possible.Count > 0 ? possible[0].Slug : "gpu-h100x1-80gb")}"));
    }
}
