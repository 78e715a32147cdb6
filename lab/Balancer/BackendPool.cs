using System.Net;

namespace Infra.Lab.Balancer;

/// <summary>The servers behind the load balancer, and whose turn it is: fewest connections first, round robin among equals.</summary>
internal sealed class BackendPool(TimeProvider time)
{
    private readonly Lock _lock = new();
    private Backend[] _backends = [];
    private int _turn;

    public IReadOnlyList<Backend> All
    {
        get
        {
            lock (_lock)
            {
                return _backends;
            }
        }
    }

    /// <summary>Those that stay keep their health and their connections.</summary>
    public void Set(IReadOnlyList<IPAddress> addresses)
    {
        lock (_lock)
        {
            var known = _backends.ToDictionary(backend => backend.Address);
            _backends = [.. addresses.Distinct().Select(address => known.GetValueOrDefault(address) ?? new Backend(address, time))];
            _turn = 0;
        }
    }

    /// <summary>The next server for a connection, counted as in use from now on; null when no healthy one is left that was not tried.</summary>
    public Backend? Take(IReadOnlyCollection<Backend> tried)
    {
        lock (_lock)
        {
            var chosen = Enumerable.Range(0, _backends.Length)
                .Select(step => (Place: (_turn + step) % _backends.Length, Step: step))
                .Where(at => _backends[at.Place].Healthy && !tried.Contains(_backends[at.Place]))
                .OrderBy(at => (_backends[at.Place].Rank, at.Step))
                .Select(at => (int?)at.Place)
                .FirstOrDefault();
            if (chosen is not { } place)
            {
                return null;
            }
            _turn = place + 1;
            _backends[place].Began();
            return _backends[place];
        }
    }
}
