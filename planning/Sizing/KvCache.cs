using Infra.Planning.Catalog;

namespace Infra.Planning.Sizing;

/// <summary>What one token of context takes.</summary>
internal static class KvCache
{
    /// <summary>
    /// Bytes of KV cache per token on one GPU. Grouped-query attention is split by head, and a head is copied where there are more GPUs than
    /// heads. The latent of MLA is one head: every GPU has all of it.
    /// </summary>
    public static double BytesPerToken(Architecture architecture, int tensorParallel, KvCacheType type)
    {
        var bytesPerElement = type == KvCacheType.Fp8 ? 1 : 2;
        if (architecture.Mla is { } mla)
        {
            return (double)architecture.Layers * (mla.KeyValueLoraRank + mla.RopeHeadDim) * bytesPerElement;
        }

        const int keyAndValue = 2;
        return (double)keyAndValue * architecture.Layers * HeadsPerGpu(architecture, tensorParallel) * architecture.HeadDim!.Value * bytesPerElement;
    }

    /// <summary>Key and value heads on one GPU.</summary>
    public static int HeadsPerGpu(Architecture architecture, int tensorParallel) =>
        Math.Max(1, (architecture.KeyValueHeads!.Value + tensorParallel - 1) / tensorParallel);

    /// <summary>Tokens in whole blocks that <paramref name="bytes"/> hold; 0 for none.</summary>
    public static long Tokens(double bytes, double bytesPerToken) =>
        bytes <= 0 ? 0 : (long)(bytes / (bytesPerToken * EngineDefaults.BlockTokens)) * EngineDefaults.BlockTokens;

    /// <summary>Tokens that a request of this length takes: its last block is taken whole.</summary>
    public static long InBlocks(long tokens) =>
        (tokens + EngineDefaults.BlockTokens - 1) / EngineDefaults.BlockTokens * EngineDefaults.BlockTokens;
}
