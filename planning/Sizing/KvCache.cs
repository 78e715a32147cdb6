using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>Memory of one token of context.</summary>
internal static class KvCache
{
    /// <summary>
    /// Bytes of KV cache per token on one GPU. Grouped-query attention is split by head; with more GPUs than heads, heads are replicated.
    /// MLA's latent is a single head: every GPU has all of it.
    /// </summary>
    public static double BytesPerToken(Architecture architecture, int tensorParallel, KvCacheType type)
    {
        var bytesPerElement = type == KvCacheType.Fp8 ? 1 : 2;
        if (architecture.Mla is { } mla)
        {
            return (double)architecture.Layers * (mla.KeyValueLoraRank + mla.RopeHeadDim) * bytesPerElement;
        }

        const int keyAndValue = 2;
        return (double)keyAndValue * architecture.Layers * HeadsPerGpu(architecture,
            tensorParallel) * architecture.HeadDim!.Value * bytesPerElement;
    }

    /// <summary>Key and value heads on one GPU.</summary>
    public static int HeadsPerGpu(Architecture architecture, int tensorParallel) =>
        Math.Max(1, (architecture.KeyValueHeads!.Value + tensorParallel - 1) / tensorParallel);

    /// <summary>
    /// Tokens of a block. The kernels of latent attention take larger ones than vLLM's default: FLASHMLA, which is Hopper's, 64, and a log
    /// of R1 on B200 is a multiple of 32. The largest counts, because a request takes whole blocks.
    /// </summary>
    public static int BlockTokens(Architecture architecture) =>
        architecture.Attention == AttentionKind.Latent ? LatentBlockTokens : EngineDefaults.BlockTokens;

    /// <summary>Tokens, in whole blocks, that fit into <paramref name="bytes"/>; 0 if none.</summary>
    public static long Tokens(double bytes, double bytesPerToken, int blockTokens) =>
        bytes <= 0 ? 0 : (long)(bytes / (bytesPerToken * blockTokens)) * blockTokens;

    /// <summary>Tokens that a request of this length uses: its last block counts fully.</summary>
    public static long InBlocks(long tokens, int blockTokens) => (tokens + blockTokens - 1) / blockTokens * blockTokens;

    private const int LatentBlockTokens = 64;
}
