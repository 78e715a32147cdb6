using System.Globalization;
using Infra.Planning.Placements;

namespace Infra.Cli.Plan;

/// <summary>A model on a size: <c>4x32k</c> is four concurrent requests with a context of 32k tokens each.</summary>
/// <param name="Text">Text in the matrix.</param>
/// <param name="Obstacle">Why it does not fit; null if it fits.</param>
internal sealed record PlanCell(string Text, FitObstacle? Obstacle)
{
    private const int Kibi = 1024;

    /// <summary>Prefix of a cell in which only a shorter context fits.</summary>
    public const string AtMost = "max ";

    public static PlanCell Of(FitResult fit) => new(
        fit switch
        {
            { Obstacle: null, Placement: { } placement } =>
                string.Create(CultureInfo.InvariantCulture, $"{placement.Requests}x{Tokens(placement.MaxModelLen)}"),
            { Obstacle: FitObstacle.Memory, Placement: { } placement } => AtMost + Tokens(placement.MaxModelLen),
            _ => Word(fit.Obstacle ?? FitObstacle.Memory),
        },
        fit.Obstacle);

    /// <summary>The obstacle as shown in the matrix.</summary>
    public static string Word(FitObstacle obstacle) => obstacle.ToString().ToLowerInvariant();

    /// <summary>Legend of an obstacle.</summary>
    public static string Meaning(FitObstacle obstacle) => obstacle switch
    {
        FitObstacle.Format => "the card does not support the format of the weights",
        FitObstacle.Untested => "no known run of this model on this card; --size tries it anyway",
        FitObstacle.Engine => "the vLLM release has no build for the vendor of the card",
        FitObstacle.Utilization => "vLLM would reserve more memory than is free",
        FitObstacle.Layout => "the GPUs cannot share the model evenly",
        FitObstacle.Disk => "the disk is too small for the weights",
        FitObstacle.Memory => "the memory is too small for the weights and a KV cache",
        FitObstacle.Request => "the model does not support this request on any hardware",
        _ => throw new ArgumentOutOfRangeException(nameof(obstacle)),
    };

    private static string Tokens(int count) => count % Kibi == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{count / Kibi}k")
        : count.ToString(CultureInfo.InvariantCulture);
}
