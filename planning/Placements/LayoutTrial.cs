using System.Globalization;
using Infra.Planning.Catalog;
using Infra.Planning.Sizing;
using static Infra.Planning.Placements.NodeFit;

namespace Infra.Planning.Placements;

/// <summary>A layout trial: a placement request with one layout on one card.</summary>
internal sealed class LayoutTrial
{
    private readonly PlacementRequest _request;
    private readonly GpuSize _size;
    private readonly Gpu _gpu;
    private readonly int _perEngine;

    public LayoutTrial(PlacementRequest request, GpuSize size, Gpu gpu, Layout layout, EngineStep step)
    {
        _request = request;
        _size = size;
        _gpu = gpu;
        Layout = layout;
        var layoutOptions = request.Options with
        {
            TensorParallel = layout.TensorParallel,
            DataParallel = layout.DataParallel,
            MaxNumSeqs = step.Sequences,
            MaxNumBatchedTokens = step.Tokens,
        };
        Options = EngineDefaults.Resolve(layoutOptions, request.Model, gpu, request.Engine);
        Plan = MemoryBudget.Plan(request.Model, gpu, layout.TensorParallel, layout.DataParallel, Options, request.Engine,
            size.FastInterconnect);
        _perEngine = (request.Concurrency + layout.DataParallel - 1) / layout.DataParallel;
        LongestContext = (int)Math.Min(
            Plan.SafeKvTokens / _perEngine / Plan.BlockTokens * Plan.BlockTokens, request.Model.MaxContext);
    }

    public Layout Layout { get; }

    /// <summary>The vLLM options, with all defaults applied.</summary>
    public EngineOptions Options { get; }
    public MemoryPlan Plan { get; }

    /// <summary>Longest context that the requested number of concurrent requests can have, in tokens; 0 if none.</summary>
    public int LongestContext { get; }

    public bool MeetsRequest => StepsHoldRequests && LongestContext > 0
        && LongestContext >= Math.Min(_request.ContextLength ?? ShortestUseful, _request.Model.MaxContext);

    /// <summary>Context length of the placement: the requested one, or the longest in round numbers.</summary>
    public int Context => MeetsRequest && _request.ContextLength is { } requested ? requested
        : ContextLength.RoundDown(LongestContext) is > 0 and var round ? round : LongestContext;

    /// <summary>Concurrent requests of <see cref="Context"/> tokens on all engines; 0 without a KV cache.</summary>
    public int Requests => RequestsOf(Context);

    /// <summary>Concurrent requests of a context length on all engines; 0 if none fits.</summary>
    public int RequestsOf(int context) => context == 0 ? 0
        : (int)Math.Min(Plan.SafeKvTokens / KvCache.InBlocks(context, Plan.BlockTokens), Options.MaxNumSeqs!.Value) * Layout.DataParallel;

    /// <summary>The engine steps have room for the concurrent requests: <c>max-num-seqs</c> of each engine.</summary>
    private bool StepsHoldRequests => Options.MaxNumSeqs >= _perEngine;

    /// <summary>Without a requested context, a size fits if it has at least this many tokens: a page of prompt and an answer.</summary>
    private const int ShortestUseful = 2048;

    public string Explanation
    {
        get
        {
            var per = Layout.Gpus > 1 ? " per GPU" : "";
            var budget = Invariant($"{Plan.BudgetGiB:F1} GiB ({Options.GpuMemoryUtilization:0.####} x {Plan.VisibleGiB:F1} GiB){per}");
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

            if (!StepsHoldRequests)
            {
                return kv
                    + Invariant($"; but {Options.MaxNumSeqs:N0} requests in a step (maxNumSeqs) of {Layout.DataParallel} engines are ")
                    + Invariant($"{Options.MaxNumSeqs * Layout.DataParallel:N0} at once, and {_request.Concurrency:N0} are requested");
            }

            var context = _request.ContextLength ?? ShortestUseful;
            var engines = Layout.DataParallel > 1 ? Invariant($" on {Layout.DataParallel} engines") : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{kv}; {_request.Concurrency:N0} x {context:N0} tokens{engines} "
                + $"need {NeededGiB(context):F1} GiB{per}; {What(context)}");
        }
    }

    public Placement ToPlacement()
    {
        return new Placement
        {
            Model = _request.Model,
            Engine = _request.Engine,
            Size = _size,
            Gpu = _gpu,
            TensorParallel = Layout.TensorParallel,
            DataParallel = Layout.DataParallel,
            ExpertParallel = _request.Model.Architecture.Moe is not null && Layout.DataParallel > 1,
            MaxModelLen = Context,
            MaxNumSeqs = Options.MaxNumSeqs!.Value,
            MaxNumBatchedTokens = Options.MaxNumBatchedTokens!.Value,
            GpuMemoryUtilization = Options.GpuMemoryUtilization!.Value,
            Options = Options,
            Memory = Plan,
            KvTokens = Plan.KvTokens * Layout.DataParallel,
            Requests = Requests,
            SingleStreamTokensPerSecondBound = Throughput.SingleStreamBound(_request.Model, _gpu, Layout),
            Warnings = PlacementWarnings.For(_request, _size, _gpu, Layout),
            Rejected = [],
        };
    }

    /// <summary>What the cache can hold instead: fewer requests, or a shorter context.</summary>
    private string What(int context)
    {
        var shorter = Invariant($"{_request.Concurrency:N0} x {LongestContext:N0} would fit");
        var fewer = Plan.SafeKvTokens / KvCache.InBlocks(context, Plan.BlockTokens) * Layout.DataParallel;
        return fewer > 0 ? Invariant($"{shorter}, or {fewer:N0} x {context:N0}") : shorter;
    }

    private double NeededGiB(int context) => Gib.Of(_perEngine * KvCache.InBlocks(context, Plan.BlockTokens) * Plan.KvBytesPerToken);
}
