namespace Infra.Planning.Sizing;

/// <summary>Context lengths that people use.</summary>
internal static class ContextLength
{
    /// <summary>Down to a whole number of 1024, of 256 below 8192, of blocks below 256.</summary>
    public static int RoundDown(int tokens) => tokens switch
    {
        >= 8192 => tokens / 1024 * 1024,
        >= 256 => tokens / 256 * 256,
        _ => tokens / EngineDefaults.BlockTokens * EngineDefaults.BlockTokens,
    };
}
