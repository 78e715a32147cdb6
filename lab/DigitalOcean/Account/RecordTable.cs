using System.Collections.Immutable;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>
/// The records of one type, in order of creation. A change copies two arrays of pointers, which takes a microsecond for thousands of
/// records; so a list of all of them, which is asked for much more often, takes no time.
/// </summary>
internal sealed class RecordTable
{
    private readonly ImmutableDictionary<string, long> _orders;

    private RecordTable(ImmutableDictionary<string, long> orders, long[] ordered, IRecord[] records)
    {
        _orders = orders;
        Orders = ordered;
        Records = records;
    }

    /// <summary>Their places, ascending.</summary>
    public long[] Orders { get; }

    /// <summary>The records, as an array of their own type. Never changed.</summary>
    public IRecord[] Records { get; }

    /// <param name="type">Type of the records.</param>
    /// <param name="entries">The records, in order of creation.</param>
    public static RecordTable Of(Type type, IReadOnlyList<(long Order, IRecord Record)> entries)
    {
        var records = (IRecord[])Array.CreateInstance(type, entries.Count);
        for (var index = 0; index < records.Length; index++)
        {
            records[index] = entries[index].Record;
        }
        return new(entries.ToImmutableDictionary(entry => entry.Record.Key, entry => entry.Order, StringComparer.Ordinal),
            [.. entries.Select(entry => entry.Order)], records);
    }

    /// <summary>Null: there is none.</summary>
    public IRecord? Find(string key) => _orders.TryGetValue(key, out var order) ? Records[IndexOf(order)] : null;

    /// <summary>Null: there is none.</summary>
    public long? OrderOf(string key) => _orders.TryGetValue(key, out var order) ? order : null;

    /// <param name="order">Place of the record: its own, or one after all others.</param>
    /// <param name="record">The record.</param>
    public RecordTable With(long order, IRecord record)
    {
        var index = IndexOf(order);
        if (index >= 0)
        {
            var changed = (IRecord[])Records.Clone();
            changed[index] = record;
            return new(_orders, Orders, changed);
        }
        return new(_orders.SetItem(record.Key, order), [.. Orders, order], Resized(Records.Length + 1, Records.Length, last: record));
    }

    public RecordTable Without(string key)
    {
        if (!_orders.TryGetValue(key, out var order))
        {
            return this;
        }
        var index = IndexOf(order);
        return new(_orders.Remove(key), [.. Orders[..index], .. Orders[(index + 1)..]], Resized(Records.Length - 1, index, last: null));
    }

    private int IndexOf(long order) => Array.BinarySearch(Orders, order);

    /// <summary>A copy without the record at a place, or with one more at its end.</summary>
    private IRecord[] Resized(int length, int without, IRecord? last)
    {
        var records = (IRecord[])Array.CreateInstance(Records.GetType().GetElementType()!, length);
        Array.Copy(Records, records, without);
        if (last is not null)
        {
            records[^1] = last;
        }
        else
        {
            Array.Copy(Records, without + 1, records, without, length - without);
        }
        return records;
    }
}
