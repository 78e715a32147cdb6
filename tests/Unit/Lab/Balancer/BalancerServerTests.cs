using System.Diagnostics;
using System.Text.Json;
using Infra.Lab.Balancer;
using Infra.Lab.Specs;

namespace Infra.Tests.Unit.Lab.Balancer;

/// <summary>The process around the load balancer: files, and real time.</summary>
public sealed class BalancerServerTests : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("balancer").FullName;
    private readonly Task _running;

    public BalancerServerTests() => _running = BalancerServer.RunAsync(SpecFile, StatusFile, _end.Token);

    private string SpecFile => Path.Combine(_folder, "spec.json");

    private string StatusFile => Path.Combine(_folder, "status.json");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _running;
        Directory.Delete(_folder, recursive: true);
        _end.Dispose();
    }

    [Fact]
    public async Task It_waits_for_its_specification_follows_it_and_each_that_comes_later()
    {
        await using var server = new TestServer("127.0.0.21");
        await UntilAsync(status => status is { Spec: "", Error: not null });

        var spec = Spec(server);
        var first = BalancerFiles.WriteSpec(SpecFile, spec);
        await UntilAsync(status => status.Spec == first && status.Error is null && status.Backends is [{ Healthy: true, Address: "127.0.0.21" }]);
        await using var caller = await TestCaller.ConnectAsync(spec.Rules[0].EntryPort);
        Assert.Equal("127.0.0.21 hello", await caller.AskAsync("hello"));
        await UntilAsync(status => status is { Active: 1, Total: 1, Backends: [{ Active: 1, Total: 1 }] });

        var second = BalancerFiles.WriteSpec(SpecFile, spec with { IdleTimeoutSeconds = 600 });
        await UntilAsync(status => status.Spec == second);
        Assert.Equal("again", await caller.AskAsync("again"));
    }

    [Fact]
    public async Task What_is_no_specification_is_told_and_the_last_good_one_stays()
    {
        await using var server = new TestServer("127.0.0.22");
        var good = BalancerFiles.WriteSpec(SpecFile, Spec(server));
        await UntilAsync(status => status.Spec == good);

        foreach (var text in new[] { "{", "null", "{\"unknown\": 1}" })
        {
            await File.WriteAllTextAsync(SpecFile, text, TestContext.Current.CancellationToken);
            await UntilAsync(status => status.Spec == good && status.Error?.StartsWith(SpecFile, StringComparison.Ordinal) == true);
        }
        Assert.True(BalancerFiles.WriteSpec(SpecFile, Spec(server) with { Id = "other" }) != good);
        await UntilAsync(status => status.Spec != good && status.Error is null);
    }

    [Fact]
    public async Task Keys_are_for_the_owner_alone()
    {
        await using var server = new TestServer("127.0.0.23");
        BalancerFiles.WriteSpec(SpecFile, Spec(server));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SpecFile));
    }

    private async Task UntilAsync(Func<BalancerStatus, bool> reached)
    {
        var start = Stopwatch.StartNew();
        BalancerStatus? status = null;
        while (!File.Exists(StatusFile)
            || (status = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(StatusFile), BalancerJson.Default.BalancerStatus)) is null
            || !reached(status))
        {
            Assert.True(start.Elapsed < TimeSpan.FromSeconds(20), $"never came about; at last: {status}");
            await Task.Delay(10);
        }
    }

    private static BalancerSpec Spec(TestServer server) => new("lb", "127.0.0.1", "127.0.0.2", "vpc", "127.0.0.0/24",
        [new(TestBalancer.FreePort(), server.Port, true, null, null)], [server.Address],
        new("https", server.Port, "/ready", 1, 5, 3, 1), 60, []);
}
