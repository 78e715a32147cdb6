using System.Collections.Immutable;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>All records of the account at one moment. Never changes: readers need no lock.</summary>
internal sealed class AccountState
{
    private readonly ImmutableDictionary<Type, RecordTable> _tables;
    private readonly long _lastOrder;

    private AccountState(ImmutableDictionary<Type, RecordTable> tables, long lastOrder)
    {
        _tables = tables;
        _lastOrder = lastOrder;
    }

    public static AccountState Empty { get; } = new(ImmutableDictionary<Type, RecordTable>.Empty, 0);

    /// <summary>The state of these records, in order of creation.</summary>
    public static AccountState Of(IEnumerable<IRecord> records)
    {
        var ordered = records.Select((record, index) => (Order: index + 1L, Record: record)).ToList();
        return new(ordered.GroupBy(one => one.Record.GetType())
            .ToImmutableDictionary(type => type.Key, type => RecordTable.Of(type.Key, [.. type])), ordered.Count);
    }

    /// <summary>All records of a type, in order of creation.</summary>
    public IReadOnlyList<T> All<T>()
        where T : class, IRecord => _tables.TryGetValue(typeof(T), out var table) ? (T[])table.Records : [];

    /// <summary>Null: there is none.</summary>
    public T? Find<T>(string key)
        where T : class, IRecord => _tables.TryGetValue(typeof(T), out var table) ? (T?)table.Find(key) : null;

    /// <exception cref="ApiError">404.</exception>
    public T Get<T>(string key)
        where T : class, IRecord => Find<T>(key) ?? throw ApiError.NotFound();

    /// <summary>All records with some trait, such as <see cref="IVpcMember"/>, in order of creation.</summary>
    public IReadOnlyList<T> AllOf<T>()
        where T : IRecord
    {
        var tables = _tables.Where(table => table.Value.Records.Length > 0 && typeof(T).IsAssignableFrom(table.Key))
            .Select(table => table.Value).ToList();
        // An array is also one of what its items are.
        return tables.Count == 1 ? (IReadOnlyList<T>)(object)tables[0].Records
            : [.. tables.SelectMany(table => table.Orders.Zip(table.Records)).OrderBy(entry => entry.First)
                .Select(entry => (T)entry.Second)];
    }

    /// <summary>The place of a record in the order of creation; a changed record keeps its own.</summary>
    public long OrderOf(IRecord record) => _tables[record.GetType()].OrderOf(record.Key)!.Value;

    public AccountState With(IRecord record)
    {
        var table = _tables.TryGetValue(record.GetType(), out var known) ? known : RecordTable.Of(record.GetType(), []);
        var order = table.OrderOf(record.Key);
        return new(_tables.SetItem(record.GetType(), table.With(order ?? _lastOrder + 1, record)),
            order is null ? _lastOrder + 1 : _lastOrder);
    }

    public AccountState Without(IRecord record) => _tables.TryGetValue(record.GetType(), out var table)
        ? new(_tables.SetItem(record.GetType(), table.Without(record.Key)), _lastOrder) : this;
}
