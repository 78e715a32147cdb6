using Infra.Planning.Sizing;

namespace Infra.Cli.Plan;

/// <summary>Settings of an endpoint, and options of <c>plan</c>, that select a layout and the size of its engine steps.</summary>
/// <param name="TensorParallel">GPUs per copy of the weights.</param>
/// <param name="DataParallel">Engines per node.</param>
/// <param name="MaxNumSeqs">Requests in one engine step.</param>
/// <param name="MaxNumBatchedTokens">Tokens of one engine step.</param>
internal sealed record PlanSettings(int TensorParallel, int DataParallel, int MaxNumSeqs, int MaxNumBatchedTokens)
{
    public static PlanSettings Of(EngineOptions options) => new(
        options.TensorParallel!.Value, options.DataParallel!.Value, options.MaxNumSeqs!.Value, options.MaxNumBatchedTokens!.Value);

    /// <summary>The options of <c>plan</c> that select these settings, on a size with that many GPUs.</summary>
    public string Typed(int gpus) => string.Join(' ', new[]
    {
        gpus > 1 ? FormattableString.Invariant($"--tensor-parallel {TensorParallel} --data-parallel {DataParallel}") : null,
        FormattableString.Invariant($"--max-num-seqs {MaxNumSeqs}"),
    }.OfType<string>());
}
