using System.Net;

namespace Infra.Lab.Balancer;

/// <summary>A server behind the load balancer: its health and its connections. New ones are down until checks say otherwise.</summary>
internal sealed class Backend(IPAddress address, TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _since = time.GetUtcNow();
    private string? _lastError = "not checked yet";
    private bool _healthy, _suspect;
    private int _streak, _active;
    private long _total, _checks;

    public IPAddress Address { get; } = address;

    public bool Healthy
    {
        get
        {
            lock (_lock)
            {
                return _healthy;
            }
        }
    }

    /// <summary>Where it stands among healthy ones: what could not be connected to since its last check comes last, then fewest connections first.</summary>
    public (bool Suspect, int Active) Rank
    {
        get
        {
            lock (_lock)
            {
                return (_suspect, _active);
            }
        }
    }

    /// <summary>A check ended: null is success. As many in a row as the threshold says turn it.</summary>
    public void Checked(string? error, int unhealthyThreshold, int healthyThreshold)
    {
        lock (_lock)
        {
            _checks++;
            _lastError = error;
            _suspect &= error is not null;
            if (error is null == _healthy)
            {
                _streak = 0;
                return;
            }
            if (++_streak >= (_healthy ? unhealthyThreshold : healthyThreshold))
            {
                (_healthy, _streak, _since) = (!_healthy, 0, time.GetUtcNow());
            }
        }
    }

    /// <summary>No connection could be made. Only checks make it unhealthy, but others are preferred until the next one.</summary>
    public void Missed(string error)
    {
        lock (_lock)
        {
            (_suspect, _lastError) = (true, error);
        }
    }

    public void Began()
    {
        lock (_lock)
        {
            _active++;
            _total++;
        }
    }

    /// <param name="served">Whether the connection came about.</param>
    public void Ended(bool served)
    {
        lock (_lock)
        {
            _active--;
            _total -= served ? 0 : 1;
        }
    }

    public BackendStatus Status()
    {
        lock (_lock)
        {
            return new(Address.ToString(), _healthy, _since, _lastError, _active, _total, _checks);
        }
    }
}
