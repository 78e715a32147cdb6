using System.Collections.Immutable;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>All records of the account at one moment. Never changes: readers need no lock.</summary>
internal sealed class AccountState
{
    private readonly ImmutableDictionary<Type, ImmutableDictionary<string, (long Order, IRecord Record)>> _tables;
    private readonly long _lastOrder;

    private AccountState(ImmutableDictionary<Type, ImmutableDictionary<string, (long Order, IRecord Record)>> tables, long lastOrder)
    {
        _tables = tables;
        _lastOrder = lastOrder;
    }

    public static AccountState Empty { get; } =
        new(ImmutableDictionary<Type, ImmutableDictionary<string, (long Order, IRecord Record)>>.Empty, 0);

    /// <summary>All records of a type, in order of creation.</summary>
    public IReadOnlyList<T> All<T>()
        where T : class, IRecord => _tables.TryGetValue(typeof(T), out var table)
        ? [.. table.Values.OrderBy(entry => entry.Order).Select(entry => (T)entry.Record)]
        : [];

    /// <summary>Null: there is none.</summary>
    public T? Find<T>(string key)
        where T : class, IRecord =>
        _tables.TryGetValue(typeof(T), out var table) && table.TryGetValue(key, out var entry) ? (T)entry.Record : null;

    /// <exception cref="ApiError">404.</exception>
    public T Get<T>(string key)
        where T : class, IRecord => Find<T>(key) ?? throw ApiError.NotFound();

    /// <summary>All records with some trait, such as <see cref="IVpcMember"/>, in order of creation.</summary>
    public IReadOnlyList<T> AllOf<T>()
        where T : IRecord => [.. _tables.Where(table => typeof(T).IsAssignableFrom(table.Key)).SelectMany(table => table.Value.Values)
            .OrderBy(entry => entry.Order).Select(entry => (T)entry.Record)];

    /// <summary>The place of a record in the order of creation; a changed record keeps its own.</summary>
    public long OrderOf(IRecord record) => _tables[record.GetType()][record.Key].Order;

    public AccountState With(IRecord record)
    {
        var table = Table(record.GetType());
        var known = table.TryGetValue(record.Key, out var before);
        return new(_tables.SetItem(record.GetType(), table.SetItem(record.Key, (known ? before.Order : _lastOrder + 1, record))),
            known ? _lastOrder : _lastOrder + 1);
    }

    public AccountState Without(IRecord record) =>
        new(_tables.SetItem(record.GetType(), Table(record.GetType()).Remove(record.Key)), _lastOrder);

    private ImmutableDictionary<string, (long Order, IRecord Record)> Table(Type type) =>
        _tables.TryGetValue(type, out var table) ? table
        : ImmutableDictionary.Create<string, (long Order, IRecord Record)>(StringComparer.Ordinal);
}
