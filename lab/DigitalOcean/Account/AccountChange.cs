using System.Globalization;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>A change under way: what it has put and removed is seen by its own reads, and by nobody else.</summary>
/// <param name="settings">What the account may have.</param>
/// <param name="state">The records before it.</param>
/// <param name="now">Time of the change.</param>
internal sealed class AccountChange(AccountSettings settings, AccountState state, DateTimeOffset now)
{
    private readonly Dictionary<(Type Type, string Key), IRecord> _written = [];
    private readonly Dictionary<(Type Type, string Key), IRecord> _removed = [];

    public AccountSettings Settings => settings;

    public AccountState State { get; private set; } = state;

    public DateTimeOffset Now => now;

    public bool HasChanges => _written.Count + _removed.Count > 0;

    public IReadOnlyCollection<IRecord> Written => _written.Values;

    public IReadOnlyCollection<IRecord> Removed => _removed.Values;

    public IReadOnlyList<T> All<T>()
        where T : class, IRecord => State.All<T>();

    public T? Find<T>(string key)
        where T : class, IRecord => State.Find<T>(key);

    /// <exception cref="ApiError">404.</exception>
    public T Get<T>(string key)
        where T : class, IRecord => State.Get<T>(key);

    public T Put<T>(T record)
        where T : class, IRecord
    {
        State = State.With(record);
        // By the record's own type: a caller may know it as something with tags only.
        _written[(record.GetType(), record.Key)] = record;
        _removed.Remove((record.GetType(), record.Key));
        return record;
    }

    public void Remove<T>(T record)
        where T : class, IRecord
    {
        State = State.Without(record);
        _removed[(record.GetType(), record.Key)] = record;
        _written.Remove((record.GetType(), record.Key));
    }

    /// <summary>A number that no resource of the account has or had: ids of Droplets, keys, actions, images and DNS records.</summary>
    public long NextNumber() => Put(new NumberSequence((Find<NumberSequence>(NumberSequence.Name)?.Last ?? NumberSequence.Start) + 1)).Last;

    /// <summary>An id of the resources that have a UUID.</summary>
    public static string NewId() => Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture);
}

/// <summary>The last number given away.</summary>
internal sealed record NumberSequence(long Last) : IRecord
{
    public const string Name = "numbers";

    /// <summary>Droplets of today have ids of nine digits.</summary>
    public const long Start = 500_000_000;

    public string Key => Name;
}
