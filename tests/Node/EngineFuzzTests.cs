using System.Net.Http.Headers;
using System.Text.Json;

namespace Infra.Tests.Node;

/// <summary>
/// No body of a request makes an error of the engine's own. The long run of the same is <see cref="Abuse.ConversationFuzzTests"/>.
/// </summary>
public sealed class EngineFuzzTests
{
    private const int Requests = 1500;
    private const int Seed = 20261129;

    /// <summary>What an unknown, wrong, too large or right request may get. A data URL that is not base64 is 501 in vLLM.</summary>
    private static readonly int[] Fair = [200, 400, 404, 405, 413, 415, 422];

    [Fact]
    public async Task The_requests_that_are_changed_are_answered_as_they_are()
    {
        using var engine = await StartAsync();
        foreach (var (route, body) in RequestFuzz.Whole)
        {
            var (status, reported) = await engine.AskAsync(route, body.ToJsonString());
            Assert.True(status == 200, $"{route} {body.ToJsonString()}: {reported}");
        }
    }

    [Fact]
    public async Task Whatever_is_sent_is_answered_by_a_status_of_the_clients_and_the_next_one_too()
    {
        using var engine = await StartAsync();
        var fuzz = new RequestFuzz(new Random(Seed));
        for (var left = Requests; left > 0; left--)
        {
            await SendAsync(engine, fuzz.Next());
        }

        Assert.Equal(200, (await engine.AskAsync("/health")).Status);
        Assert.DoesNotContain("ERROR", (await engine.StopAsync()).Output, StringComparison.Ordinal);
    }

    /// <summary>An engine with every route that reads a body, and small limits.</summary>
    internal static Task<FakeVllm> StartAsync() => new FakeVllm().StartAsync(
        new Dictionary<string, string> { ["VLLM_MAX_N_SEQUENCES"] = "8" },
        "--enable-auto-tool-choice", "--tool-call-parser", "mistral", "--allowed-media-domains", "nobody.invalid", "--max-model-len", "512",
        "--enable-scale-out", "--disable-uvicorn-access-log");

    /// <summary>Sends one, and holds that the answer is fair and, where it is an error, of the shape of one.</summary>
    internal static async Task SendAsync(FakeVllm engine, (string Route, byte[] Body) sent)
    {
        using var content = new ByteArrayContent(sent.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await engine.Client.PostAsync(sent.Route, content, TestContext.Current.CancellationToken);
        var reported = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var status = (int)answer.StatusCode;
        var fair = Fair.Contains(status)
            || (status == 501 && reported.Contains("Only base64 data URLs are supported", StringComparison.Ordinal));
        if (fair && status != 200)
        {
            var error = JsonDocument.Parse(reported).RootElement.GetProperty("error");
            fair = error.GetProperty("message").GetString()!.Length > 0 && error.GetProperty("type").GetString()!.Length > 0
                && (!error.TryGetProperty("code", out var code) || code.GetInt32() == status);
        }

        Assert.True(fair, $"{sent.Route}: {status} {reported}\n{System.Text.Encoding.UTF8.GetString(sent.Body)}");
    }
}
