namespace Infra.Tests.Lab;

/// <summary>
/// Labs that start one after the other, in two rows: two cores boot no more than two labs at once. The second row and the cluster of
/// <see cref="TestCluster"/> take turns, so that no core is without work when the cluster ends.
/// </summary>
public static class SerialLabs
{
    /// <summary>Servers that lose something while they boot or serve, and runs that are killed: the longer half.</summary>
    public const string First = "labs, one after the other";

    /// <summary>Images and weights that are refused, releases, Volumes, and clouds of the API.</summary>
    public const string Second = "labs, one after the other, before or after the cluster";
}

/// <summary>The second row of labs.</summary>
[CollectionDefinition(SerialLabs.Second)]
public sealed class SecondRow : IAsyncLifetime, ICollectionFixture<SecondRow>
{
    private readonly LabTurn _turn = new();

    public async ValueTask InitializeAsync() => await _turn.TakeAsync();

    public ValueTask DisposeAsync()
    {
        _turn.End();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The turn of one of the two that wait for each other.</summary>
internal sealed class LabTurn
{
    private static readonly SemaphoreSlim Free = new(1, 1);
    private bool _taken;

    /// <summary>Waits until the other one has ended, or has not begun.</summary>
    public async Task TakeAsync()
    {
        await Free.WaitAsync(TestContext.Current.CancellationToken);
        _taken = true;
    }

    /// <summary>The other one may begin. Does nothing without a turn.</summary>
    public void End()
    {
        if (_taken)
        {
            _taken = false;
            Free.Release();
        }
    }
}
