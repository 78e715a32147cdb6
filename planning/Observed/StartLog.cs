using System.Text.RegularExpressions;
using Infra.Planning.Catalog;

namespace Infra.Planning.Observed;

/// <summary>
/// What vLLM's lines about one start state. Memory is in GiB of one GPU; of several ranks, the one with the least room counts, as in vLLM.
/// Nothing else of a log is kept: no host, no address, no key.
/// </summary>
public sealed partial record StartLog
{
    /// <summary>Release, as three numbers.</summary>
    public string? Engine { get; init; }

    /// <summary>Names of the model: as served, as given.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];
    public int? TensorParallel { get; init; }
    public int? DataParallel { get; init; }
    public int? PipelineParallel { get; init; }
    public double? Utilization { get; init; }
    public int? MaxModelLen { get; init; }
    public int? MaxNumBatchedTokens { get; init; }
    public int? MaxNumSeqs { get; init; }
    public KvCacheType? KvCache { get; init; }
    public bool? EnforceEager { get; init; }

    /// <summary>Whether the vision tower was left out.</summary>
    public bool? LanguageOnly { get; init; }

    /// <summary>What takes memory that the plan does not know, such as a KV connector.</summary>
    public IReadOnlyList<string> Outside { get; init; } = [];
    public double? VisibleGiB { get; init; }
    public double? FreeGiB { get; init; }
    public double? WeightsGiB { get; init; }

    /// <summary>Weights and what is outside of torch together, as releases since 0.26 report it.</summary>
    public double? ConsumedGiB { get; init; }
    public double? ActivationGiB { get; init; }
    public double? NonTorchGiB { get; init; }

    /// <summary>Graphs as charged to the budget.</summary>
    public double? GraphsGiB { get; init; }
    public double? KvGiB { get; init; }

    /// <summary>Tokens of one engine's cache.</summary>
    public long? KvTokens { get; init; }

    /// <summary>Why vLLM did not start, in a few words; null: no line says so.</summary>
    public string? Failure { get; init; }

    /// <summary>Ranks and engines whose cache was logged.</summary>
    public int Ranks { get; init; }

    /// <summary>Starts in the log; the last one counts.</summary>
    public int Starts { get; init; }

    /// <summary>Whether anything can be compared.</summary>
    public bool HasMemory => KvGiB is not null || KvTokens is not null || WeightsGiB is not null || ConsumedGiB is not null;

    /// <summary>Reads the last start in a log.</summary>
    public static StartLog Read(string log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var starts = new List<LogValues>();
        foreach (var line in LogText.Lines(log))
        {
            if (starts.Count == 0 || (Begins().IsMatch(line) && starts[^1].HasMemory))
            {
                starts.Add(new());
            }

            starts[^1].Add(line);
        }

        var last = starts.FindLast(start => start.HasMemory) ?? starts.LastOrDefault() ?? new();
        return last.ToLog() with { Starts = starts.Count(start => start.HasMemory) };
    }



    [GeneratedRegex("vLLM API server version|non-default args:", RegexOptions.CultureInvariant)]
    private static partial Regex Begins();
}
