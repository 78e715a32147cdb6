using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>A layout trial: a placement request with one layout on one card.</summary>
internal sealed class LayoutTrial
{
    private readonly PlacementRequest _request;
    private readonly Gpu _gpu;

    public LayoutTrial(PlacementRequest request, Gpu gpu, Layout layout, int sequences)
    {
        _request = request;
        _gpu = gpu;
        Layout = layout;
        var layoutOptions = request.Options with
        {
            TensorParallel = layout.TensorParallel,
            DataParallel = layout.DataParallel,
            MaxNumSeqs = sequences,
            MaxNumBatchedTokens = request.Options.MaxNumBatchedTokens
                ?? Math.Max(sequences, EngineDefaults.MaxNumBatchedTokens(gpu, request.Model, request.ContextLength)),
        };
        Options = EngineDefaults.Resolve(layoutOptions, request.Model, gpu, request.Engine);
        Plan = MemoryBudget.Plan(request.Model, gpu, layout.TensorParallel, layout.DataParallel, Options, request.Engine);
        var perEngine = (request.Concurrency + layout.DataParallel - 1) / layout.DataParallel;
        LongestContext = (int)Math.Min(Plan.SafeKvTokens / perEngine / EngineDefaults.BlockTokens * EngineDefaults.BlockTokens,
                request.Model.MaxContext);
    }

    public Layout Layout { get; }

    /// <summary>The vLLM options, with all defaults applied.</summary>
    public EngineOptions Options { get; }
    public MemoryPlan Plan { get; }

    /// <summary>Longest context that the requested number of concurrent requests can have, in tokens; 0 if none.</summary>
    public int LongestContext { get; }

    public bool MeetsRequest =>
        LongestContext >= Math.Min(_request.ContextLength ?? ShortestUseful, _request.Model.MaxContext) && LongestContext > 0;

    /// <summary>Without a requested context, a size fits if it has at least this many tokens: a page of prompt and an answer.</summary>
    private const int ShortestUseful = 2048;

    public string Explanation
    {
        get
        {
            var per = Layout.Gpus > 1 ? " per GPU" : "";
            var budget = Invariant($"{Plan.BudgetGiB:F1} GiB ({Options.GpuMemoryUtilization:0.##} x {Plan.VisibleGiB:F1} GiB){per}");
            var used = Invariant($"weights {Plan.WeightsGiB:F1} GiB + overhead {Plan.OverheadGiB:F1} GiB");
            if (Plan.KvGiB <= Plan.MarginGiB)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{used} + margin {Plan.MarginGiB:F1} GiB{per} do not leave memory for a KV cache in {budget}: "
                    + $"short of {Plan.MarginGiB - Plan.KvGiB:F1} GiB{per}");
            }

            var kv = Invariant($"{used} leave {Plan.KvGiB:F1} GiB of KV cache in {budget}, ")
                + Invariant($"{Plan.SafeKvTokens:N0} tokens with a margin of {Plan.MarginGiB:F1} GiB");
            if (MeetsRequest)
            {
                return kv;
            }

            var context = _request.ContextLength ?? ShortestUseful;
            var engines = Layout.DataParallel > 1 ? Invariant($" on {Layout.DataParallel} engines") : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{kv}; {_request.Concurrency:N0} x {context:N0} tokens{engines} "
                + $"need {NeededGiB(context):F1} GiB{per}; {What(context)}");
        }
    }

    public Placement ToPlacement(GpuSize size)
    {
        var context = MeetsRequest && _request.ContextLength is { } requested ? requested : ContextLength.RoundDown(LongestContext);
        var perEngine = (int)Math.Min(Plan.SafeKvTokens / KvCache.InBlocks(context), Options.MaxNumSeqs!.Value);
        return new Placement
        {
            Model = _request.Model,
            Engine = _request.Engine,
            Size = size,
            Gpu = _gpu,
            TensorParallel = Layout.TensorParallel,
            DataParallel = Layout.DataParallel,
            ExpertParallel = _request.Model.Architecture.Moe is not null && Layout.DataParallel > 1,
            MaxModelLen = context,
            MaxNumSeqs = Options.MaxNumSeqs.Value,
            MaxNumBatchedTokens = Options.MaxNumBatchedTokens!.Value,
            GpuMemoryUtilization = Options.GpuMemoryUtilization!.Value,
            Options = Options,
            Memory = Plan,
            KvTokens = Plan.KvTokens * Layout.DataParallel,
            Requests = perEngine * Layout.DataParallel,
            SingleStreamTokensPerSecondBound = Throughput.SingleStreamBound(_request.Model, _gpu, Layout),
            Warnings = PlacementWarnings.For(_request, size, _gpu, Layout),
            Rejected = [],
        };
    }

    /// <summary>What the cache can hold instead: fewer requests, or a shorter context.</summary>
    private string What(int context)
    {
        var shorter = Invariant($"{_request.Concurrency:N0} x {LongestContext:N0} would fit");
        var fewer = Plan.SafeKvTokens / KvCache.InBlocks(context) * Layout.DataParallel;
        return fewer > 0 ? Invariant($"{shorter}, or {fewer:N0} x {context:N0}") : shorter;
    }

    private double NeededGiB(int context)
    {
        var perEngine = (_request.Concurrency + Layout.DataParallel - 1) / Layout.DataParallel;
        return Gib.Of(perEngine * KvCache.InBlocks(context) * Plan.KvBytesPerToken);
    }
}
