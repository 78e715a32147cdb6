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
    /// Steps to try, in the order of preference: with the tokens of vLLM's default for the card, then with those of a smaller card, which
    /// need less memory for activations. Each with vLLM's default of requests, then fewer, but at least as many as requested. What the
    /// operator sets stays.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<EngineStep>> Candidates(PlacementRequest request, Gpu gpu)
    {
        if (request.Options.MaxNumBatchedTokens is { } asked)
        {
            return [[.. SequenceCounts(request, gpu, asked).Select(sequences => new EngineStep(asked, sequences))]];
        }

        int[] tokens = [EngineDefaults.MaxNumBatchedTokens(gpu), EngineDefaults.FewBatchedTokens];
        return [.. tokens.Select(count => EngineDefaults.MaxNumBatchedTokens(count, request.Model, request.ContextLength))
            .Distinct()
            .Select(count => SequenceCounts(request, gpu, int.MaxValue)
                .Select(sequences => new EngineStep(Math.Max(count, sequences), sequences)).ToList())];
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
