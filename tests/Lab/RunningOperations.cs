using System.Collections.Concurrent;
using Infra.Lab.Provider;

namespace Infra.Tests.Lab;

/// <summary>Operations of a run of <c>up</c> that have begun and not ended.</summary>
internal sealed class RunningOperations
{
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    public void Add(ResourceEvent entry)
    {
        var resource = $"{entry.Type} {entry.Name}";
        if (entry.Phase == Phase.Started)
        {
            _running[resource] = true;
        }
        else if (entry.Phase is Phase.Finished or Phase.Failed)
        {
            _running.TryRemove(resource, out _);
        }
    }

    public override string ToString() => string.Join(", ", _running.Keys.Order(StringComparer.Ordinal));
}
