using System.Text;
using System.Text.RegularExpressions;

namespace Infra.Tests.Node;

/// <summary>Clients that ask for a stream and do not read it: no one else waits for them, and they lose nothing.</summary>
public sealed class EngineReaderTests
{
    private const int Tokens = 30_000;

    [Fact]
    public async Task A_slow_reader_delays_no_one_and_gets_everything_later()
    {
        using var engine = await new FakeVllm().StartAsync(null, "--max-num-seqs", "1");
        await using var slow = await engine.ConnectAsync(Asked(1));
        // It has begun, and fills the socket.
        var head = new byte[64];
        await slow.ReadExactlyAsync(head, TestContext.Current.CancellationToken);
        Assert.Equal(200, (await engine.AskAsync("/v1/completions", """{"prompt":"a","max_tokens":5}""")).Status);
        var metrics = (await engine.AskAsync("/metrics")).Body;
        Assert.Contains("vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 0.0", metrics, StringComparison.Ordinal);

        using var reader = new StreamReader(slow, Encoding.Latin1);
        var reported = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Tokens, Regex.Count(reported, "\"choices\":\\[\\{"));
        Assert.Contains($"\"completion_tokens\": {Tokens}", reported, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n\r\n0\r\n\r\n", reported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_they_did_not_read_is_not_kept_for_them()
    {
        using var engine = await new FakeVllm().StartAsync(null);
        Assert.Equal(200, (await engine.AskAsync("/v1/completions", """{"prompt":"a"}""")).Status);
        var before = engine.Resident;
        await using var slow = await engine.ConnectAsync(Asked(16));
        await slow.ReadExactlyAsync(new byte[64], TestContext.Current.CancellationToken);
        var all = $"vllm:generation_tokens_total{{engine=\"0\",model_name=\"m\"}} {16 * Tokens + 16}.0";
        while (!(await engine.AskAsync("/metrics")).Body.Contains(all, StringComparison.Ordinal))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        // All of it would be some 100 MiB.
        Assert.InRange(engine.Resident - before, 0, 32 << 10);
    }

    private static byte[] Asked(int n)
    {
        var body = $$"""
            {"prompt":"a","max_tokens":{{Tokens}},"n":{{n}},"ignore_eos":true,"stream":true,"stream_options":{"include_usage":true} }
            """;
        return Encoding.ASCII.GetBytes("POST /v1/completions HTTP/1.1\r\nHost: e\r\nConnection: close\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}");
    }
}
