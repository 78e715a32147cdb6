using System.Text.Json;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.State;
using Microsoft.Data.Sqlite;

namespace Infra.Lab.Provider.Resources;

/// <summary>
/// The local cloud in a folder: an account of DigitalOcean, and in the same store what the engine knows of its resources, so that a change
/// of both is one. It contains secrets. Only one process at a time opens it.
/// </summary>
internal sealed class CloudState : IDisposable
{
    public const string FileName = "account.db";

    /// <summary>The state of labs before the account was a database.</summary>
    public const string OldFileName = "cloud.json";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream? _claim;

    private CloudState(CloudAccount account, FileStream? claim)
    {
        Account = account;
        _claim = claim;
    }

    /// <summary>The account, with the engine's records in it.</summary>
    public CloudAccount Account { get; }

    /// <summary>All resources in order of creation, including replaced ones.</summary>
    public IEnumerable<CloudResource> Resources => In(Account.State);

    /// <summary>Opens the state of a folder, and creates it if necessary.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="settings">What the account may have.</param>
    /// <param name="clock">Clock of all that takes time.</param>
    /// <exception cref="IOException">Another process has it open, or it is unreadable.</exception>
    public static CloudState Open(string folder, AccountSettings settings, TimeProvider clock)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The local cloud runs on Linux.");
        }
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var path = Path.Combine(folder, FileName);
        FileStream claim;
        try
        {
            claim = new FileStream($"{path}.lock", new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OwnerOnly,
            });
        }
        catch (IOException exception)
        {
            throw new IOException($"another process is changing the local cloud of {folder}: wait until it has ended", exception);
        }
        try
        {
            if (!IsThere(folder))
            {
                Create(path);
            }
            return new(Read(path, settings, clock), claim);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    /// <summary>The records of a folder at this moment, also while another process changes them; null: it has no state.</summary>
    /// <exception cref="StateFileException">It is not a state of this version.</exception>
    public static AccountState? Peek(string folder)
    {
        if (!IsThere(folder))
        {
            return null;
        }
        return Guarded(Path.Combine(folder, FileName), path =>
        {
            using var store = AccountStore.Open(path, isShared: true);
            return store.Load(RecordTypes.ByName);
        });
    }

    /// <summary>The order of a new resource.</summary>
    public long NextOrder() => Account.Change(static change => change.NextNumber());

    /// <summary>Stores a resource, together with related ones, in one change.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="others">Related resources of the same change.</param>
    public CloudResource Put(CloudResource resource, params CloudResource[] others) => Account.Change(change =>
    {
        foreach (var other in others)
        {
            change.Put(other);
        }
        return change.Put(resource);
    });

    public void Remove(CloudResource resource) => Account.Change(change => change.Remove(resource));

    public void Dispose()
    {
        Account.Dispose();
        _claim?.Dispose();
    }

    /// <summary>The engine's resources of an account, in order of creation.</summary>
    public static IEnumerable<CloudResource> In(AccountState state) => state.All<CloudResource>().OrderBy(resource => resource.Order);

    /// <summary>Makes an empty file as a whole, because others may read it at any moment.</summary>
    private static void Create(string path)
    {
        var made = $"{path}.new";
        foreach (var file in new[] { made, path })
        {
            // A log that outlived its file would be applied to the new one.
            File.Delete($"{file}-wal");
            File.Delete($"{file}-shm");
        }
        File.Delete(made);
        AccountStore.Open(made, isShared: true).Dispose();
        File.Move(made, path);
    }

    private static CloudAccount Read(string path, AccountSettings settings, TimeProvider clock) => Guarded(path, file =>
    {
        var store = AccountStore.Open(file, isShared: true);
        try
        {
            return new CloudAccount(store, settings, clock);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    });

    /// <summary>Whether the folder has a state.</summary>
    /// <exception cref="StateFileException">What is there cannot be one.</exception>
    public static bool IsThere(string folder)
    {
        var file = new FileInfo(Path.Combine(folder, FileName));
        if (file.LinkTarget is not null || Directory.Exists(file.FullName))
        {
            throw new StateFileException(file.FullName, file.LinkTarget is not null ? "it is a link" : "it is a folder");
        }
        if (!file.Exists)
        {
            var old = Path.Combine(folder, OldFileName);
            return !File.Exists(old) ? false : throw new StateFileException(old, "an older version wrote it");
        }
        return file.Length > 0 ? true : throw new StateFileException(file.FullName, "it is empty");
    }

    private static T Guarded<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception exception) when (exception is SqliteException or JsonException or KeyNotFoundException
            or InvalidOperationException or FormatException or ArgumentException or InvalidCastException or NullReferenceException)
        {
            throw new StateFileException(path, $"it is not a state of the local cloud: {exception.Message}", exception);
        }
    }
}
