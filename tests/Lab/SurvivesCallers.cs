using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>The outcome of a request.</summary>
/// <param name="Began">When it was sent.</param>
/// <param name="Ended">When its last byte had come, or it broke.</param>
/// <param name="Problem">Status or exception; null where the stream came whole.</param>
internal sealed record CallersAnswer(DateTimeOffset Began, DateTimeOffset Ended, string? Problem);

/// <summary>
/// Callers that stream completions without a pause, each on a connection of its own for each request, until they are stopped.
/// </summary>
internal sealed class SurvivesCallers : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly EndpointClient _client;
    private readonly Task _work;

    public SurvivesCallers(LabStack lab, EndpointAccess endpoint, string client, int callers)
    {
        _client = lab.Client(endpoint, client);
        _work = Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync)));
    }

    public ConcurrentQueue<CallersAnswer> Answers { get; } = new();

    /// <summary>Answers that were not a complete stream.</summary>
    public IReadOnlyList<CallersAnswer> Failed => [.. Answers.Where(answer => answer.Problem is not null)];

    /// <summary>Waits for this many more answers.</summary>
    public async Task MoreAsync(int answers)
    {
        var goal = Answers.Count + answers;
        await RunningStack.UntilAsync($"{answers} more answers", SurvivesStage.Patience, () => Task.FromResult(Answers.Count >= goal));
    }

    /// <summary>Waits for what is under way, and sends nothing more.</summary>
    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _end.Dispose();
    }

    private async Task CallAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var began = DateTimeOffset.UtcNow;
            string? problem;
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "chat/completions")
                {
                    Content = JsonContent.Create(new JsonObject
                    {
                        ["model"] = _client.Model,
                        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Count." }),
                        ["max_tokens"] = 24,
                        ["stream"] = true,
                    }),
                };
                request.Headers.ConnectionClose = true;
                using var answer = await _client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                var body = await answer.Content.ReadAsStringAsync(patience.Token);
                problem = !answer.IsSuccessStatusCode ? $"{(int)answer.StatusCode}"
                    : body.Contains("data: [DONE]", StringComparison.Ordinal) ? null
                    : $"cut: {body}";
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                problem = $"{exception.GetType().Name}: {exception.Message} {exception.InnerException?.Message}";
            }

            Answers.Enqueue(new(began, DateTimeOffset.UtcNow, problem));
        }
    }
}
