using Infra.Cli.CommandLine;
using Infra.Lab.CommandLine;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Tags;
using Infra.Lab.Host;
using Infra.Planning.Catalog;
using Microsoft.Data.Sqlite;

namespace Infra.Tests.Unit.Lab.Cloud;

/// <summary>A database that this program cannot use: one message, with the command that fixes it.</summary>
public sealed class DamagedAccountTests : IDisposable
{
    private const string Fresh = "./infra cloud down, then ./infra cloud up";

    private readonly LabFolder _lab;
    private readonly string _file;

    public DamagedAccountTests()
    {
        _lab = LabFolder.OfCloud("/project", Directory.CreateTempSubdirectory("infra-account-").FullName);
        _lab.Create();
        _file = Path.Combine(_lab.Cloud, "account.db");
        using var store = AccountStore.Open(_file);
        using var account = new CloudAccount(store, new AccountSettings { Catalog = ModelCatalog.Load() }, TimeProvider.System);
        account.Change(change =>
        {
            foreach (var number in Enumerable.Range(0, 200))
            {
                ResourceTags.Create(change, new($"tag-{number}"));
            }
        });
    }

    public void Dispose() => Directory.Delete(_lab.Cache, recursive: true);

    [Fact]
    public async Task A_whole_database_is_read() => Assert.Equal((ExitCode.Fine, ""), await VerifyAsync());

    [Theory]
    [InlineData("missing", "it is missing")]
    [InlineData("empty", "it is empty")]
    [InlineData("text", "file is not a database")]
    [InlineData("head", "")]
    [InlineData("half", "")]
    [InlineData("zeros", "")]
    [InlineData("folder", "it is not a regular file")]
    [InlineData("link", "it is not a regular file")]
    public async Task A_damaged_database_is_one_message_with_a_command(string damage, string words)
    {
        Damage(damage);

        var (status, message) = await VerifyAsync();

        Assert.Equal(ExitCode.UserError, status);
        Assert.Contains($"{_file} is damaged: ", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.EndsWith($"\n  fix: {Fresh}\n", message, StringComparison.Ordinal);
        Assert.Equal(2, message.Count(letter => letter == '\n'));
    }

    [Theory]
    [InlineData("UPDATE record SET type = 'Moon' WHERE key = 'tag-7'", "unknown type Moon")]
    [InlineData("UPDATE record SET json = '{' WHERE key = 'tag-7'", "a record of type Tag is no record")]
    [InlineData("UPDATE record SET json = 'null' WHERE key = 'tag-7'", "Tag")]
    [InlineData("DROP TABLE record; CREATE TABLE record (a)", "no such column")]
    public async Task A_record_that_is_none_is_one_message_with_a_command(string statement, string words)
    {
        Run(statement);

        var (status, message) = await VerifyAsync();

        Assert.Equal(ExitCode.UserError, status);
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.EndsWith($"\n  fix: {Fresh}\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_database_of_a_newer_program_stays_as_it_is()
    {
        Run("PRAGMA user_version = 99");

        var (status, message) = await VerifyAsync();

        Assert.Equal(ExitCode.UserError, status);
        Assert.Contains("a newer ./infra wrote it (format 99; this one reads 1)", message, StringComparison.Ordinal);
        Assert.EndsWith($"\n  fix: git pull, or {Fresh}\n", message, StringComparison.Ordinal);
        Run("PRAGMA user_version = 1");
        Assert.Equal((ExitCode.Fine, ""), await VerifyAsync());
    }

    [Theory]
    [InlineData(13, "disk is full: ")]
    [InlineData(5, "another process has it open")]
    [InlineData(8, "is denied")]
    [InlineData(14, "is denied")]
    public async Task What_the_machine_lacks_is_one_message_with_a_command(int code, string words)
    {
        var file = Path.Combine(LabFolder.OfCloud("/project").Cloud, "account.db");

        var (status, message) = await RunAsync(() => throw AccountStore.Explained(file, new SqliteException("disk", code)));

        Assert.Equal(ExitCode.UserError, status);
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains("\n  fix: ", message, StringComparison.Ordinal);
    }

    /// <summary>SQLite counts pages: a limit of them is a full disk.</summary>
    [Fact]
    public void A_change_that_finds_no_room_is_refused_and_nothing_changes()
    {
        using var store = AccountStore.Open(_file);
        using var account = new CloudAccount(store, new AccountSettings { Catalog = ModelCatalog.Load() }, TimeProvider.System);
        store.LimitPages(20);
        var before = account.State;

        var failure = Assert.ThrowsAny<IOException>(() => account.Change(change =>
        {
            foreach (var number in Enumerable.Range(1000, 5000))
            {
                ResourceTags.Create(change, new($"tag-{number}"));
            }
        }));

        Assert.Contains("No space left on device", failure.Message, StringComparison.Ordinal);
        Assert.Same(before, account.State);
        account.Change(change => ResourceTags.Delete(change, "tag-7"));
        Assert.Null(account.State.Find<Tag>("tag-7"));
    }

    private void Damage(string how)
    {
        var whole = File.ReadAllBytes(_file);
        File.Delete(_file);
        switch (how)
        {
            case "missing":
                break;
            case "folder":
                Directory.CreateDirectory(_file);
                break;
            case "link":
                File.CreateSymbolicLink(_file, "/dev/zero");
                break;
            default:
                File.WriteAllBytes(_file, how switch
                {
                    "empty" => [],
                    "text" => "these are no records, and were never any, however long one looks"u8.ToArray(),
                    "head" => whole[..100],
                    "half" => whole[..(whole.Length / 8192 * 4096)],
                    _ => [.. whole[..4096], .. new byte[whole.Length - 4096]],
                });
                break;
        }
    }

    private void Run(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    private Task<(int Status, string Message)> VerifyAsync() => RunAsync(() => AccountStore.Verify(_file));

    private static async Task<(int Status, string Message)> RunAsync(Action act)
    {
        using var output = new StringWriter();
        var terminal = new Terminal(output, output, interactive: false);
        var status = await LabFailure.GuardAsync(terminal, json: false, () => Task.Run(act), static () => null);
        return (status, output.ToString().ReplaceLineEndings("\n"));
    }
}
