namespace Infra.Planning.Catalog;

/// <summary>Element type of the KV cache (<c>--kv-cache-dtype</c>).</summary>
public enum KvCacheType
{
    /// <summary>The model's own: BF16 for the Mistral family.</summary>
    Auto,
    Fp8,
}
