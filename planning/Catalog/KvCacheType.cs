namespace Infra.Planning.Catalog;

/// <summary>Type of the KV cache's elements (<c>--kv-cache-dtype</c>).</summary>
public enum KvCacheType
{
    /// <summary>The model's own: BF16 for the Mistral family.</summary>
    Auto,
    Fp8,
}
