using Infra.Planning.Catalog;
using Infra.Planning.Sizing;

namespace Infra.Planning.Placements;

/// <summary>The size of an engine step.</summary>
/// <param name="Tokens"><c>--max-num-batched-tokens</c>.</param>
/// <param name="Sequences"><c>--max-num-seqs</c>, never more than the tokens: vLLM does not start otherwise.</param>
internal sealed record EngineStep(int Tokens, int Sequences)
{
    /// <summary>Fewest requests per engine step that placement tries, to free memory of the sampler.</summary>
    private const int FewestSequences = 16;

    /// <summary>
    /// Steps to try, best first: vLLM's default of requests for the card, then fewer, but at least as many as requested. What the operator
    /// sets stays.
    /// </summary>
    public static IReadOnlyList<EngineStep> Candidates(PlacementRequest request, Gpu gpu)
    {
        var tokens = request.Options.MaxNumBatchedTokens;
        var usual = EngineDefaults.MaxNumBatchedTokens(gpu, request.Model, request.ContextLength);
        return [.. SequenceCounts(request, gpu, tokens ?? int.MaxValue)
            .Select(sequences => new EngineStep(tokens ?? Math.Max(usual, sequences), sequences))];
    }

    /// <summary>Requests per step, in halves.</summary>
    private static IEnumerable<int> SequenceCounts(PlacementRequest request, Gpu gpu, int tokens)
    {
        if (request.Options.MaxNumSeqs is { } asked)
        {
            return [asked];
        }

        var usual = Math.Min(Math.Max(EngineDefaults.MaxNumSeqs(gpu), request.Concurrency), tokens);
        var least = Math.Min(Math.Max(FewestSequences, request.Concurrency), usual);
        return Enumerable.Range(0, 31).Select(halvings => usual >> halvings).TakeWhile(sequences => sequences > least).Append(least);
    }
}
