using System.Globalization;
using Infra.Planning.Placements;

namespace Infra.Cli.Plan;

/// <summary>A model on a size in a word: <c>4x32k</c> is four requests at once with a context of 32k tokens each.</summary>
/// <param name="Text">What the matrix shows.</param>
/// <param name="Obstacle">Why it does not fit; null: it fits.</param>
internal sealed record PlanCell(string Text, FitObstacle? Obstacle)
{
    private const int Kibi = 1024;

    /// <summary>Begins the cell of a model that fits with a shorter context than was asked for.</summary>
    public const string AtMost = "max ";

    public static PlanCell Of(Fit fit) => new(
        fit switch
        {
            { Obstacle: null, Placement: { } placement } =>
                string.Create(CultureInfo.InvariantCulture, $"{placement.Requests}x{Tokens(placement.MaxModelLen)}"),
            { Obstacle: FitObstacle.Memory, Placement: { } placement } => AtMost + Tokens(placement.MaxModelLen),
            _ => Word(fit.Obstacle ?? FitObstacle.Memory),
        },
        fit.Obstacle);

    /// <summary>The obstacle as the matrix shows it.</summary>
    public static string Word(FitObstacle obstacle) => obstacle.ToString().ToLowerInvariant();

    /// <summary>What the word of an obstacle means, as the rest of a sentence.</summary>
    public static string Meaning(FitObstacle obstacle) => obstacle switch
    {
        FitObstacle.Format => "the card does not run this format of the weights",
        FitObstacle.Untested => "no run of this model on this card is known; name the size to try it",
        FitObstacle.Engine => "the vLLM release has no build for this card",
        FitObstacle.Utilization => "vLLM would reserve more memory than is free",
        FitObstacle.Layout => "the GPUs cannot share the model evenly",
        FitObstacle.Disk => "the disk has no room for the weights",
        FitObstacle.Memory => "the memory does not hold the weights and a KV cache",
        FitObstacle.Request => "the model does not take such a request",
        _ => throw new ArgumentOutOfRangeException(nameof(obstacle)),
    };

    private static string Tokens(int count) => count % Kibi == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{count / Kibi}k")
        : count.ToString(CultureInfo.InvariantCulture);
}
