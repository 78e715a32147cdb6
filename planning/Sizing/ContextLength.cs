namespace Infra.Planning.Sizing;

/// <summary>Rounds context lengths to common values.</summary>
internal static class ContextLength
{
    /// <summary>Rounds down to a multiple of 1024; below 8192 of 256; below 256 of a block.</summary>
    public static int RoundDown(int tokens) => tokens switch
    {
        >= 8192 => tokens / 1024 * 1024,
        >= 256 => tokens / 256 * 256,
        _ => tokens / EngineDefaults.BlockTokens * EngineDefaults.BlockTokens,
    };
}
