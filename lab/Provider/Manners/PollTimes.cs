namespace Infra.Lab.Provider.Manners;

/// <summary>
/// When the provider asks again while it waits: <c>StateChangeConf</c> of terraform-plugin-sdk v2, <c>helper/retry/state.go</c>.
/// </summary>
/// <param name="First">Before it asks at all.</param>
/// <param name="Least">The shortest wait between two questions.</param>
/// <param name="Most">The longest; null: the SDK's.</param>
internal sealed record PollTimes(TimeSpan First, TimeSpan Least, TimeSpan? Most = null)
{
    private static readonly TimeSpan s_begin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_most = TimeSpan.FromSeconds(10);

    /// <summary>Of most waits of the provider.</summary>
    public static PollTimes Usual { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3));

    /// <summary>The wait before each question, without an end.</summary>
    public IEnumerable<TimeSpan> Waits()
    {
        yield return First;
        var most = Most ?? s_most;
        for (var wait = s_begin; ;)
        {
            // A wait that is already longer than the longest is cut, but never below the shortest: 0, 15, 10, 10 s for load balancers.
            wait *= 2;
            wait = wait < Least ? Least : wait > most ? most : wait;
            yield return wait;
        }
    }
}
