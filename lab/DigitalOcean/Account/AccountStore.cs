using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>
/// The records on disk, in SQLite: a change is there as a whole or not at all, also after a kill. It contains secrets: private keys and
/// user data.
/// </summary>
internal sealed class AccountStore : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>SQLITE_FULL.</summary>
    private const int FullDisk = 13;

    private readonly SqliteConnection _connection;

    private AccountStore(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens a file, and creates it if necessary.</summary>
    /// <param name="path">The file; <c>:memory:</c> keeps nothing.</param>
    /// <param name="isShared">Whether other processes may read it meanwhile; that only one changes it is then the caller's concern.</param>
    /// <exception cref="SqliteException">It is not a database, or another process has it open.</exception>
    public static AccountStore Open(string path, bool isShared = false)
    {
        if (path != ":memory:" && !OperatingSystem.IsWindows())
        {
            // SQLite gives its own mode to new files only.
            File.Open(path,
                new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, UnixCreateMode = OwnerOnly })
                .Dispose();
        }
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        var store = new AccountStore(connection);
        try
        {
            // One process alone changes an account; a kill loses nothing, a power cut perhaps the last changes.
            if (!isShared)
            {
                store.Run("PRAGMA locking_mode = EXCLUSIVE");
            }
            store.Run("PRAGMA journal_mode = WAL");
            store.Run("PRAGMA synchronous = NORMAL");
            store.Run(
                "CREATE TABLE IF NOT EXISTS record (type TEXT NOT NULL, key TEXT NOT NULL, place INTEGER NOT NULL, json BLOB NOT NULL, "
                + "PRIMARY KEY (type, key)) WITHOUT ROWID");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        return store;
    }

    /// <summary>All records, in order of creation.</summary>
    /// <param name="types">The types by their names in the file.</param>
    public AccountState Load(IReadOnlyDictionary<string, Type> types)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT type, json FROM record ORDER BY place";
        using var reader = command.ExecuteReader();
        var state = AccountState.Empty;
        while (reader.Read())
        {
            var type = types[reader.GetString(0)];
            state = state.With((IRecord)JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(1), type, AccountJson.Options)!);
        }
        return state;
    }

    /// <summary>Writes a change in one transaction.</summary>
    /// <exception cref="IOException">The disk is full; nothing is written.</exception>
    public void Write(AccountState state, IReadOnlyCollection<IRecord> put, IReadOnlyCollection<IRecord> removed)
    {
        try
        {
            WriteAll(state, put, removed);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == FullDisk)
        {
            throw new IOException($"No space left on device : '{_connection.DataSource}'", exception);
        }
    }

    public void Dispose() => _connection.Dispose();

    private void WriteAll(AccountState state, IReadOnlyCollection<IRecord> put, IReadOnlyCollection<IRecord> removed)
    {
        using var transaction = _connection.BeginTransaction();
        using var write = Command("INSERT INTO record (type, key, place, json) VALUES ($type, $key, $place, $json) "
            + "ON CONFLICT (type, key) DO UPDATE SET json = excluded.json, place = excluded.place");
        foreach (var record in put)
        {
            Execute(write, record, state.OrderOf(record),
                JsonSerializer.SerializeToUtf8Bytes(record, record.GetType(), AccountJson.Options));
        }
        using var delete = Command("DELETE FROM record WHERE type = $type AND key = $key");
        foreach (var record in removed)
        {
            Execute(delete, record, 0, []);
        }
        transaction.Commit();

        SqliteCommand Command(string text)
        {
            var command = _connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = text;
            return command;
        }
    }

    private static void Execute(SqliteCommand command, IRecord record, long place, byte[] json)
    {
        command.Parameters.Clear();
        command.Parameters.AddWithValue("$type", record.GetType().Name);
        command.Parameters.AddWithValue("$key", record.Key);
        command.Parameters.AddWithValue("$place", place);
        command.Parameters.AddWithValue("$json", json);
        command.ExecuteNonQuery();
    }

    private void Run(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
