using System.Globalization;
using System.Text.Json;
using Infra.Lab.State;
using Infra.Planning.Errors;
using Infra.Planning.Reading;
using Microsoft.Data.Sqlite;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>
/// The records on disk, in SQLite: a change is there as a whole or not at all, also after a kill. It contains secrets: private keys and
/// user data.
/// </summary>
internal sealed class AccountStore : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string InMemory = ":memory:";

    /// <summary>Number of the format. A change that older programs would misread gets the next one.</summary>
    private const long Format = 1;

    // Results of SQLite: sqlite.org/rescode.html.
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int ErrorOfDisk = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;

    private readonly string _path;
    private readonly SqliteConnection _connection;
    private SqliteCommand? _put;
    private SqliteCommand? _delete;

    private AccountStore(string path, SqliteConnection connection)
    {
        _path = path;
        _connection = connection;
    }

    /// <summary>Opens a file, and creates it if necessary.</summary>
    /// <param name="path">The file; <c>:memory:</c> keeps nothing.</param>
    /// <param name="isShared">Whether other processes may read it meanwhile; that only one changes it is then the caller's concern.</param>
    /// <exception cref="StateFileException">It is not what this program wrote, or what a newer one wrote.</exception>
    /// <exception cref="IOException">The disk is full, or another process has it open.</exception>
    public static AccountStore Open(string path, bool isShared = false)
    {
        if (path != InMemory && FileKind.IsRegular(path) == false)
        {
            throw new StateFileException(path, "it is not a regular file");
        }
        if (path != InMemory && !OperatingSystem.IsWindows())
        {
            // SQLite gives its own mode to new files only.
            File.Open(path,
                new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, UnixCreateMode = OwnerOnly })
                .Dispose();
        }
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var store = new AccountStore(path, connection);
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
            store.CheckFormat();
            return store;
        }
        catch (Exception exception)
        {
            connection.Dispose();
            if (exception is SqliteException failure)
            {
                throw Explained(path, failure);
            }
            throw;
        }
    }

    /// <summary>Reads all of a file that is there, so that what is wrong with it is known before a process depends on it.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="StateFileException">It is missing or damaged.</exception>
    public static void Verify(string path)
    {
        switch (FileKind.IsRegular(path))
        {
            case null:
                throw new StateFileException(path, "it is missing");
            // SQLite would take it for a new one.
            case true when new FileInfo(path).Length == 0:
                throw new StateFileException(path, "it is empty");
            default:
                break;
        }
        using var store = Open(path);
        store.Load(RecordTypes.ByName);
    }

    /// <summary>What an error of SQLite means.</summary>
    internal static Exception Explained(string path, SqliteException failure) => failure.SqliteErrorCode switch
    {
        Busy => new IOException($"{path}: another process has it open", failure),
        ReadOnly or CannotOpen => new UnauthorizedAccessException($"Access to the path '{path}' is denied.", failure),
        // The words of the system for it, which the messages of commands know.
        Full => new IOException($"{path}: No space left on device", failure),
        ErrorOfDisk => new IOException($"{path}: {failure.Message}", failure),
        _ => new StateFileException(path, failure.Message, failure),
    };

    /// <summary>All records, in order of creation.</summary>
    /// <param name="types">The types by their names in the file.</param>
    /// <exception cref="StateFileException">It is damaged.</exception>
    public AccountState Load(IReadOnlyDictionary<string, Type> types)
    {
        try
        {
            return LoadAll(types);
        }
        catch (SqliteException failure)
        {
            throw Explained(_path, failure);
        }
    }

    private AccountState LoadAll(IReadOnlyDictionary<string, Type> types)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT type, json FROM record ORDER BY place";
        using var reader = command.ExecuteReader();
        var records = new List<IRecord>();
        while (reader.Read())
        {
            var name = reader.GetString(0);
            try
            {
                records.Add(types.TryGetValue(name, out var type)
                    && JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(1), type, AccountJson.Options) is IRecord record
                    ? record : throw new StateFileException(_path, $"it has a record of the unknown type {name}"));
            }
            catch (JsonException exception)
            {
                throw new StateFileException(_path, $"a record of type {name} is no record: {JsonReason.Of(exception)}", exception);
            }
        }
        return AccountState.Of(records);
    }

    /// <summary>Writes a change in one transaction.</summary>
    /// <exception cref="IOException">The disk is full, or fails; nothing is written.</exception>
    public void Write(AccountState state, IReadOnlyCollection<IRecord> put, IReadOnlyCollection<IRecord> removed)
    {
        try
        {
            WriteAll(state, put, removed);
        }
        catch (SqliteException failure)
        {
            throw Explained(_path, failure);
        }
    }

    private void WriteAll(AccountState state, IReadOnlyCollection<IRecord> put, IReadOnlyCollection<IRecord> removed)
    {
        using var transaction = _connection.BeginTransaction();
        // Compiled once.
        _put ??= Command("INSERT INTO record (type, key, place, json) VALUES ($type, $key, $place, $json) "
            + "ON CONFLICT (type, key) DO UPDATE SET json = excluded.json, place = excluded.place");
        _put.Transaction = transaction;
        foreach (var record in put)
        {
            Execute(_put, record, state.OrderOf(record),
                JsonSerializer.SerializeToUtf8Bytes(record, record.GetType(), AccountJson.Options));
        }
        _delete ??= Command("DELETE FROM record WHERE type = $type AND key = $key");
        _delete.Transaction = transaction;
        foreach (var record in removed)
        {
            Execute(_delete, record, 0, []);
        }
        transaction.Commit();
    }

    /// <summary>Limits the file, as a full disk would.</summary>
    /// <param name="pages">Pages of 4 KiB; fewer than it has: no more than it has.</param>
    internal void LimitPages(int pages) => Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {pages}"));

    public void Dispose()
    {
        _put?.Dispose();
        _delete?.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Command(string text)
    {
        var command = _connection.CreateCommand();
        command.CommandText = text;
        command.Parameters.Add("$type", SqliteType.Text);
        command.Parameters.Add("$key", SqliteType.Text);
        command.Parameters.Add("$place", SqliteType.Integer);
        command.Parameters.Add("$json", SqliteType.Blob);
        return command;
    }

    private static void Execute(SqliteCommand command, IRecord record, long place, byte[] json)
    {
        command.Parameters["$type"].Value = record.GetType().Name;
        command.Parameters["$key"].Value = record.Key;
        command.Parameters["$place"].Value = place;
        command.Parameters["$json"].Value = json;
        command.ExecuteNonQuery();
    }

    private void CheckFormat()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        var format = (long)command.ExecuteScalar()!;
        if (format > Format)
        {
            var problem = string.Create(
                CultureInfo.InvariantCulture, $"a newer ./infra wrote it (format {format}; this one reads {Format})");
            throw new StateFileException(_path, problem)
            {
                IsNewer = true,
            };
        }
        if (format < Format)
        {
            Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {Format}"));
        }
    }

    private void Run(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
