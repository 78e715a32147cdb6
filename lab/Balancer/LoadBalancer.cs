using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>
/// A load balancer: listens, picks servers, checks their health. A new specification takes effect for new connections; those that are
/// there go on, also to servers that turn unhealthy or are taken away.
/// </summary>
internal sealed class LoadBalancer : IAsyncDisposable
{
    private static readonly TimeSpan s_idleResolution = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly BackendPool _pool;
    private readonly ITimer _idleTimer;
    private readonly Dictionary<IPAddress, HealthMonitor> _monitors = [];
    private readonly Dictionary<int, EntryPort> _ports = [];
    private readonly Dictionary<int, string> _portErrors = [];
    private readonly ConcurrentDictionary<CallerConnection, Task> _connections = [];
    private readonly List<Task> _ending = [];
    private volatile BalancerSetup? _setup;
    private long _total, _refused, _unserved;

    public LoadBalancer(TimeProvider time)
    {
        (_time, _pool) = (time, new BackendPool(time));
        _idleTimer = time.CreateTimer(_ => CutIdle(), null, s_idleResolution, s_idleResolution);
    }

    /// <summary>Follows a specification, whole or not at all. Called by one thread at a time, as <see cref="OpenPorts"/> and <see cref="Status"/> are.</summary>
    /// <exception cref="FormatException">It cannot be followed; nothing has changed.</exception>
    /// <exception cref="ArgumentException">The same.</exception>
    public void Apply(BalancerSpec spec)
    {
        var before = _setup;
        var setup = BalancerSetup.Read(spec, before);
        _pool.Set(setup.Backends);
        _setup = setup;

        var checksChanged = before is not null && (before.Spec.Check != spec.Check || !before.Source.Equals(setup.Source));
        foreach (var gone in _monitors.Keys.Where(address => checksChanged || !setup.Backends.Contains(address)).ToArray())
        {
            _monitors.Remove(gone, out var monitor);
            _ending.Add(monitor!.DisposeAsync().AsTask());
        }
        foreach (var backend in _pool.All.Where(backend => !_monitors.ContainsKey(backend.Address)))
        {
            _monitors[backend.Address] = new HealthMonitor(spec.Check, setup.Source, backend, _time);
        }
        OpenPorts();
    }

    /// <summary>Listens where it shall and does not yet: an address may come later than the process.</summary>
    public void OpenPorts()
    {
        _ending.RemoveAll(task => task.IsCompleted);
        if (_setup is not { } setup)
        {
            return;
        }
        foreach (var (number, port) in _ports.Where(port => !setup.Rules.ContainsKey(port.Key) || !port.Value.Endpoint.Address.Equals(setup.Address)).ToArray())
        {
            _ports.Remove(number);
            _ending.Add(port.DisposeAsync().AsTask());
        }
        _portErrors.Clear();
        foreach (var number in setup.Rules.Keys.Where(number => !_ports.ContainsKey(number)))
        {
            try
            {
                _ports[number] = new EntryPort(new IPEndPoint(setup.Address, number), socket => Accept(socket, number));
            }
            catch (SocketException error)
            {
                _portErrors[number] = $"{setup.Address}:{number} cannot be listened on: {error.Message}";
            }
        }
    }

    /// <param name="stamp">What names the specification that is followed.</param>
    public BalancerStatus Status(string stamp) => new(
        stamp,
        _portErrors.Count == 0 ? null : string.Join("; ", _portErrors.Values),
        [.. _ports.Keys.Order()],
        _connections.Count,
        Interlocked.Read(ref _total),
        Interlocked.Read(ref _refused),
        Interlocked.Read(ref _unserved),
        [.. _pool.All.Select(backend => backend.Status())]);

    public async ValueTask DisposeAsync()
    {
        await _idleTimer.DisposeAsync();
        _ending.AddRange(_ports.Values.Select(port => port.DisposeAsync().AsTask()));
        _ending.AddRange(_monitors.Values.Select(monitor => monitor.DisposeAsync().AsTask()));
        await Task.WhenAll(_ending);
        foreach (var connection in _connections.Keys)
        {
            connection.Cut();
        }
        await Task.WhenAll(_connections.Values);
    }

    private void Accept(Socket socket, int port)
    {
        var setup = _setup!;
        if (!setup.Rules.TryGetValue(port, out var rule) || socket.RemoteEndPoint is not IPEndPoint caller || !setup.MayCall(caller.Address))
        {
            Interlocked.Increment(ref _refused);
            socket.Dispose();
            return;
        }
        Interlocked.Increment(ref _total);
        var connection = new CallerConnection(socket, rule, setup.Source, _pool, _time);
        // It may end before it is entered: so it is entered first, and begins afterwards.
        var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ServeAsync(connection, begin.Task);
        begin.SetResult();
    }

    private async Task ServeAsync(CallerConnection connection, Task begin)
    {
        await begin;
        try
        {
            if (!await connection.ServeAsync())
            {
                Interlocked.Increment(ref _unserved);
            }
        }
        finally
        {
            _connections.TryRemove(connection, out _);
            connection.Dispose();
        }
    }

    private void CutIdle()
    {
        if (_setup is not { } setup)
        {
            return;
        }
        foreach (var connection in _connections.Keys)
        {
            connection.CutIfIdle(TimeSpan.FromSeconds(connection.IsPassedThrough ? setup.Spec.PassthroughIdleTimeoutSeconds : setup.Spec.IdleTimeoutSeconds));
        }
    }
}
