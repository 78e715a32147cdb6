using System.Text.Json;
using System.Text.Json.Nodes;
using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Observed;

/// <summary>A logged start of vLLM next to the memory plan for the same model, card, release and options.</summary>
/// <param name="Terms">The terms that the log states.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Promise">Whether the plan promised more than the log has, as a sentence; null: the log has no KV cache.</param>
/// <param name="Notes">What limits the comparison, in sentences.</param>
/// <param name="Row">The start as an observation, as JSON: ready to be sent in. It has numbers and catalog names only.</param>
public sealed record ObservedStart(
    IReadOnlyList<TermError> Terms, MemoryPlan Plan, string? Promise, IReadOnlyList<string> Notes, string Row)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Compares. Values in the log take precedence; <paramref name="options"/> supply the rest, then vLLM's defaults.</summary>
    /// <param name="log">The log.</param>
    /// <param name="model">The model that was started.</param>
    /// <param name="size">The size, or one with the same cards.</param>
    /// <param name="catalog">Cards and releases.</param>
    /// <param name="options">Options that the log may not state.</param>
    /// <param name="version">The release, if the log does not state it.</param>
    public static ObservedStart Of(StartLog log, ModelSpec model, GpuSize size, ModelCatalog catalog, EngineOptions options, string version)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(size);
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(options);
        var card = catalog.GpuOf(size);
        var gpu = log.VisibleGiB is { } visible ? card with { VisibleGiB = visible } : card;
        var engine = Engine(catalog, log.Engine ?? version);
        var layout = new Layout(log.TensorParallel ?? options.TensorParallel ?? 1, log.DataParallel ?? options.DataParallel ?? 1);
        var resolved = EngineDefaults.Resolve(options with
        {
            TensorParallel = layout.TensorParallel,
            DataParallel = layout.DataParallel,
            GpuMemoryUtilization = log.Utilization ?? options.GpuMemoryUtilization,
            MaxNumBatchedTokens = log.MaxNumBatchedTokens ?? options.MaxNumBatchedTokens,
            MaxNumSeqs = log.MaxNumSeqs ?? options.MaxNumSeqs,
            KvCache = log.KvCache ?? options.KvCache,
            EnforceEager = log.EnforceEager ?? options.EnforceEager,
            Vision = !(log.LanguageOnly ?? !options.Vision),
        }, model, gpu, engine);
        var plan = MemoryBudget.Plan(
            model, gpu, layout.TensorParallel, layout.DataParallel, resolved, engine, size.FastInterconnect);
        return new(
            [.. TermsOf(log, plan)], plan, PromiseOf(log, plan), [.. NotesOf(log, size, layout, version)],
            RowOf(log, model, size, gpu, layout, resolved, engine));
    }

    private static IEnumerable<TermError> TermsOf(StartLog log, MemoryPlan plan)
    {
        const string gib = "GiB";
        var terms = new (string Term, double Planned, double? Logged)[]
        {
            ("weights", plan.WeightsGiB, log.WeightsGiB),
            ("activation", plan.ActivationGiB, log.ActivationGiB),
            ("non-torch", plan.NonTorchGiB, log.NonTorchGiB),
            ("weights and non-torch", plan.WeightsGiB + plan.NonTorchGiB, log.ConsumedGiB),
            ("graphs", plan.CudaGraphGiB, log.GraphsGiB),
            ("overhead", plan.OverheadGiB, plan.BudgetGiB - log.WeightsGiB - log.KvGiB),
            ("KV cache", plan.KvGiB, log.KvGiB),
        };
        foreach (var (term, planned, logged) in terms.Where(term => term.Logged is not null))
        {
            yield return new(term, gib, planned, logged!.Value);
        }

        if (log.KvTokens is { } tokens)
        {
            yield return new("KV cache", "tokens", plan.KvTokens, tokens);
        }
    }

    private static string? PromiseOf(StartLog log, MemoryPlan plan)
    {
        var logged = log.KvTokens ?? (log.KvGiB is { } gib ? (long)(gib * Gib.Bytes / plan.KvBytesPerToken) : (long?)null);
        return logged is not { } tokens ? null
            : FormattableString.Invariant($"the plan promises {plan.SafeKvTokens:N0} tokens, the log has {tokens:N0}: ")
                + (plan.SafeKvTokens <= tokens ? "kept" : "promised too much");
    }

    private static IEnumerable<string> NotesOf(StartLog log, GpuSize size, Layout layout, string version)
    {
        if (log.Starts > 1)
        {
            yield return $"the log has {log.Starts} starts: the last one counts";
        }

        if (log.Engine is null)
        {
            yield return $"the log does not state the release of vLLM: taken as {version} (--engine)";
        }

        if (log.Utilization is null)
        {
            yield return "the log does not state the utilization (--gpu-memory-utilization)";
        }

        if (log.VisibleGiB is null)
        {
            yield return "the log does not state the memory of the card: that of the catalog counts";
        }

        if (log.PipelineParallel > 1)
        {
            yield return $"pipeline parallelism ({log.PipelineParallel}) is not modelled: the comparison says little";
        }

        foreach (var outside in log.Outside)
        {
            yield return $"{outside} takes memory that the plan does not know";
        }

        if (layout.Gpus > size.GpuCount)
        {
            yield return $"the log has {layout.Gpus} GPUs, and {size.Slug} has {size.GpuCount}: only its card counts";
        }

        if (log.Failure is { } failure)
        {
            yield return $"vLLM did not start: {failure}";
        }

        if (log.FreeGiB is { } free && log.VisibleGiB is { } visible && visible - free > OthersGiB)
        {
            yield return FormattableString.Invariant(
                $"{visible - free:F1} GiB were in use before the start: another program may share the card, which no plan can know");
        }
    }

    /// <summary>More in use before the start than vLLM's own contexts take: 2.16 GiB with eight GPUs.</summary>
    private const double OthersGiB = 2.5;

    /// <summary>The release, which need not be in the catalog to be compared.</summary>
    private static EngineRelease Engine(ModelCatalog catalog, string version) => catalog.Engines.TryGetValue(version, out var known) ? known
        : catalog.Engines.Values.MaxBy(engine => Version.Parse(engine.Version))! with { Version = version };

    private static string RowOf(StartLog log, ModelSpec model, GpuSize size, Gpu gpu, Layout layout, EngineOptions options,
        EngineRelease engine)
    {
        var row = new JsonObject
        {
            ["model"] = model.Id,
            ["precision"] = CatalogWords.Of(model.Precision),
            ["weightBytes"] = model.WeightBytes,
            ["gpu"] = gpu.Name,
            ["visibleGiB"] = gpu.VisibleGiB,
            ["pcie"] = layout.Gpus > 1 && !size.FastInterconnect,
            ["tensorParallel"] = layout.TensorParallel,
            ["dataParallel"] = layout.DataParallel,
            ["engine"] = engine.Version,
            ["utilization"] = options.GpuMemoryUtilization,
            ["maxNumBatchedTokens"] = options.MaxNumBatchedTokens,
            ["maxNumSeqs"] = options.MaxNumSeqs,
            ["kvCache"] = CatalogWords.Of(options.KvCache),
            ["vision"] = options.Vision,
            ["enforceEager"] = options.EnforceEager,
            ["contextLength"] = log.MaxModelLen,
            ["fits"] = log.Failure is null,
        };
        foreach (var (member, value) in new (string, double?)[]
        {
            ("weightsGiB", log.WeightsGiB), ("consumedGiB", log.ConsumedGiB), ("activationGiB", log.ActivationGiB),
            ("nonTorchGiB", log.NonTorchGiB), ("graphsGiB", log.GraphsGiB), ("freeGiB", log.FreeGiB), ("kvGiB", log.KvGiB),
        }.Where(member => member.Item2 is not null))
        {
            row[member] = value;
        }

        row["kvTokens"] = log.KvTokens;
        if (!ReferenceEquals(ModelCatalog.Load().Models.GetValueOrDefault(model.Id), model))
        {
            row["architecture"] = JsonSerializer.SerializeToNode(model.Architecture, ArchitectureJson.Default.Architecture);
        }

        return row.ToJsonString(Readable);
    }
}
