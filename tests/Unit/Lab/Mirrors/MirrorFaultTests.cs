using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Infra.Lab.Mirrors;

namespace Infra.Tests.Unit.Lab.Mirrors;

/// <summary>Faults that are set while the mirrors run.</summary>
public sealed class MirrorFaultTests
{
    private const string Weights = $"/{RunningMirrors.ModelId}/resolve/main/consolidated.safetensors";
    private const string Small = $"/{RunningMirrors.ModelId}/resolve/main/params.json";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_refusing_mirror_leaves_the_others_untouched()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Hub, new() { Refuse = 503 });
        using var hub = await mirrors.GetAsync("huggingface.co", Small);
        using var python = await mirrors.GetAsync("pypi.org", "/simple/vllm/");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (hub.StatusCode, python.StatusCode));
        mirrors.Control(MirrorKind.Hub, MirrorFaults.None);
        using var again = await mirrors.GetAsync("huggingface.co", Small);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task A_refusal_affects_one_host_the_requested_number_of_times_with_statuses_in_turn()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        var weights = await WeightsAsync(mirrors);
        mirrors.Control(MirrorKind.Hub, new()
        {
            Refuse = new()
            {
                Statuses = [403, 404],
                At = MirrorPart.Cdn,
                Times = 3,
                Headers = new Dictionary<string, string> { ["Retry-After"] = "5" },
            },
        });
        var statuses = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            using var small = await mirrors.GetAsync("huggingface.co", Small);
            Assert.Equal(HttpStatusCode.OK, small.StatusCode);
            using var large = await mirrors.GetAsync(weights);
            statuses.Add((int)large.StatusCode);
            Assert.Equal(i < 3, large.Headers.RetryAfter?.Delta == TimeSpan.FromSeconds(5));
        }

        Assert.Equal([403, 404, 403, 200], statuses);
    }

    [Fact]
    public async Task A_page_may_come_in_place_of_content()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Hub, new() { Refuse = new() { Statuses = [MirrorRefusal.Page], At = MirrorPart.Front } });
        using var page = await mirrors.GetAsync("huggingface.co", Small);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task The_same_seed_refuses_the_same_share_of_the_answers()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        async Task<string> PatternAsync(int seed)
        {
            mirrors.Control(MirrorKind.Hub,
                new() { Refuse = new() { Statuses = [503], Rate = 0.5, Seed = seed, Asked = DateTimeOffset.UtcNow } });
            var pattern = "";
            for (var i = 0; i < 24; i++)
            {
                using var answer = await mirrors.GetAsync("huggingface.co", Small);
                pattern += answer.IsSuccessStatusCode ? '.' : 'x';
            }

            return pattern;
        }

        var first = await PatternAsync(7);
        Assert.Equal(first, await PatternAsync(7));
        Assert.NotEqual(first, await PatternAsync(8));
        Assert.InRange(first.Count(letter => letter == 'x'), 4, 20);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mirror_that_is_down_resets_connections(bool tls)
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Registry, new() { Down = true });
        var error = await Assert.ThrowsAnyAsync<HttpRequestException>(() =>
            mirrors.GetAsync(mirrors.Address("registry-1.docker.io", "/v2/", tls)));
        Assert.True(IsReset(error), $"{error}");
        var line = await mirrors.LoggedAsync(line => line.Host == "registry-1.docker.io");
        Assert.Equal((0, RequestOutcome.Reset, "127.0.0.1"), (line.Status, line.Outcome, line.Client));
    }

    [Fact]
    public async Task A_mirror_can_go_down_in_the_middle_of_a_transfer()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Hub, new() { BytesPerSecond = 200_000 });
        using var answer = await mirrors.GetAsync(await WeightsAsync(mirrors));
        await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
        await body.ReadExactlyAsync(new byte[50_000], Cancel);
        mirrors.Control(MirrorKind.Hub, new() { BytesPerSecond = 200_000, Down = true });
        var began = Stopwatch.StartNew();
        Assert.True(IsReset(await Assert.ThrowsAnyAsync<Exception>(() => body.CopyToAsync(Stream.Null, Cancel))));
        Assert.True(began.Elapsed < TimeSpan.FromSeconds(5), $"{began.Elapsed}");
        Assert.InRange((await mirrors.LoggedAsync(line => line.Outcome == RequestOutcome.Reset)).Bytes, 50_000, 2_000_000);
    }

    [Fact]
    public async Task The_next_large_answers_are_cut_and_no_others()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Hub, new() { Cut = new(AfterBytes: 100_000, Times: 2) });
        using var small = await mirrors.GetAsync("huggingface.co", Small);
        Assert.NotEmpty(await small.Content.ReadAsByteArrayAsync(Cancel));
        var weights = await WeightsAsync(mirrors);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(100_000, await ReadAsync(mirrors, weights));
        }

        // A change of another fault does not restart the count.
        mirrors.Control(MirrorKind.Hub, new() { Cut = new(AfterBytes: 100_000, Times: 2), LatencyMs = 1 });
        Assert.Equal(SizeOfWeights, await ReadAsync(mirrors, weights));
        mirrors.Control(MirrorKind.Hub, new() { Cut = new(AfterBytes: 100_000, Times: 2, DateTimeOffset.UtcNow) });
        Assert.Equal(100_000, await ReadAsync(mirrors, weights));
    }

    [Fact]
    public async Task A_corrupt_file_has_one_wrong_byte_as_often_as_asked()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Hub, new() { Corrupt = new("consolidated.safetensors", 1) });
        var weights = await WeightsAsync(mirrors);
        var wrong = await mirrors.Client.GetByteArrayAsync(weights, Cancel);
        var right = await mirrors.Client.GetByteArrayAsync(weights, Cancel);
        Assert.EndsWith(Convert.ToHexStringLower(SHA256.HashData(right)), weights.AbsolutePath, StringComparison.Ordinal);
        Assert.Equal(1, wrong.Zip(right).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public async Task A_hanging_mirror_answers_once_the_fault_is_removed()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Python, new() { Hang = true });
        var waiting = mirrors.GetAsync("pypi.org", "/simple/vllm/");
        await Task.Delay(300, Cancel);
        Assert.False(waiting.IsCompleted);
        mirrors.Control(MirrorKind.Python, MirrorFaults.None);
        using var answer = await waiting.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_client_that_leaves_a_hanging_mirror_is_no_error()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Hub, new() { Hang = true });
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(200);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            mirrors.Client.GetAsync(mirrors.Address("huggingface.co", Small), patience.Token));
        Assert.Equal(RequestOutcome.Lost, (await mirrors.LoggedAsync(line => line.Path == Small)).Outcome);
    }

    [Fact]
    public async Task Latency_comes_before_the_answer()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Apt, new() { LatencyMs = 150 });
        using var answer = await mirrors.GetAsync("deb.debian.org", "/debian/dists/trixie/InRelease");
        Assert.True((await mirrors.LoggedAsync(line => line.Host == "deb.debian.org")).Ms >= 149);
    }

    [Fact]
    public async Task A_wrong_control_file_changes_nothing()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        mirrors.Control(MirrorKind.Hub, new() { Refuse = 500 });
        using var before = await mirrors.GetAsync("huggingface.co", Small);
        mirrors.WriteControl("{ not json");
        using var after = await mirrors.GetAsync("huggingface.co", Small);
        Assert.Equal((HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError), (before.StatusCode, after.StatusCode));
        Assert.Contains("control.json: ", Assert.Single(mirrors.Complaints), StringComparison.Ordinal);
    }

    private static long SizeOfWeights => (long)(RunningMirrors.Model.WeightBytes * 1e-3);

    private static async Task<Uri> WeightsAsync(RunningMirrors mirrors)
    {
        using var answer = await mirrors.GetAsync("huggingface.co", Weights);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer.Headers.Location!;
    }

    // Bytes that came before the answer ended or broke off.
    private static async Task<long> ReadAsync(RunningMirrors mirrors, Uri address)
    {
        using var answer = await mirrors.GetAsync(address);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
        var (buffer, total) = (new byte[65536], 0L);
        try
        {
            while (await body.ReadAsync(buffer, Cancel) is > 0 and var read)
            {
                total += read;
            }
        }
        catch (IOException)
        {
            Assert.NotEqual(SizeOfWeights, total);
        }

        return total;
    }

    private static bool IsReset(Exception? error) =>
        error is not null && (error is SocketException { SocketErrorCode: SocketError.ConnectionReset } || IsReset(error.InnerException));
}
