using System.Collections.Concurrent;
using Infra.Lab.Provider;

namespace Infra.Tests.Lab;

/// <summary>Operations of one run of <c>up</c>: those that have begun and not ended, and what ended with a change.</summary>
internal sealed class RunOperations
{
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal);

    /// <summary>Names of resources that the run created, changed or deleted, in alphabetical order.</summary>
    public IReadOnlyList<string> Changed => [.. _changed.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What still runs, for a message.</summary>
    public string Running => string.Join(", ", _running.Keys.Order(StringComparer.Ordinal));

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

        if (entry is { Phase: Phase.Finished, Operation: not Operation.Same })
        {
            _changed[entry.Name] = true;
        }
    }
}
