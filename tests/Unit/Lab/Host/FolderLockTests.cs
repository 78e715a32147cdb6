using System.Globalization;
using Infra.Lab.Linux;
using Infra.Lab.State;
using Infra.Planning.Reading;

namespace Infra.Tests.Unit.Lab.Host;

public sealed class FolderLockTests : IDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);
    private readonly string _folder = Directory.CreateTempSubdirectory("infra-lock-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "local.lock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_second_process_gets_the_id_of_the_first_and_waits()
    {
        var holders = new List<string>();
        var first = await TakeAsync(holders);
        var second = TakeAsync(holders);
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), Assert.Single(holders));

        first.Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task A_lock_with_a_deleted_file_still_lets_in_only_one()
    {
        var first = await TakeAsync([]);
        var second = TakeAsync([]);
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        File.Delete(Path);
        first.Dispose();
        using var held = await second;

        var third = TakeAsync([]);
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        Assert.False(third.IsCompleted);
        held.Dispose();
        (await third).Dispose();
    }

    [Fact]
    public async Task A_cancelled_waiter_stops_waiting()
    {
        using var first = await TakeAsync([]);
        using var impatient = new CancellationTokenSource(Moment);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FolderLock.TakeAsync(Path, static _ => { }, impatient.Token));
    }

    [Fact]
    public async Task Anything_else_in_place_of_the_lock_file_is_deleted()
    {
        Func<string, Task>[] inTheWay =
        [
            static path => Task.FromResult(Directory.CreateDirectory(System.IO.Path.Combine(path, "x"))),
            static path => Task.FromResult(File.CreateSymbolicLink(path, "/etc/passwd")),
            static path => HostProgram.RunAsync("mkfifo", [path], null, TestContext.Current.CancellationToken),
        ];
        foreach (var make in inTheWay)
        {
            await make(Path);
            Assert.False(FileKind.IsRegular(Path));
            using (await TakeAsync([]))
            {
                Assert.True(FileKind.IsRegular(Path));
            }

            File.Delete(Path);
            Assert.Null(FileKind.IsRegular(Path));
        }
    }

    [Fact]
    public void A_path_that_the_system_cannot_read_is_not_reported_as_missing()
    {
        Assert.Null(FileKind.IsRegular($"{Path}/no/folder"));
        Assert.Throws<IOException>(() => FileKind.IsRegular($"{Path}{new string('a', 5000)}"));
    }

    private Task<FolderLock> TakeAsync(List<string> holders) =>
        FolderLock.TakeAsync(Path, holders.Add, TestContext.Current.CancellationToken);
}
