using Infra.Lab.DigitalOcean.Account;
using Infra.Tests.Unit.Lab.DigitalOcean.Specification;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Sequences;

/// <summary>
/// Random requests on all kinds of resources, next to a model of the account: each is accepted or refused as the model says, and the lists
/// have what it has. Of requests at once the order is not known: then everything that is listed agrees.
/// </summary>
public sealed class SequenceTests
{
    private const int Steps = 120;
    private const int Bursts = 25;
    private const int MostOfBurst = 8;
    private const int MostDroplets = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task An_account_has_what_a_model_of_it_has_after_each_request(int seed) => OneByOneAsync(new Random(seed), Steps);

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public Task All_lists_agree_after_requests_at_once(int seed, bool isSlow) => AtOnceAsync(new Random(seed), Bursts, isSlow);

    internal static async Task OneByOneAsync(Random random, int steps)
    {
        await using var api = await StartAsync(isSlow: false);
        var model = new ModelAccount();
        var chosen = new RandomSteps(model, random);
        var log = new List<string>();
        for (var number = 0; number < steps; number++)
        {
            var step = chosen.Next();
            var answer = await SendAsync(api, step);
            log.Add($"{answer.Status} {step.Method} {step.Path} {step.Body?.ToJsonString()}");
            await api.SettleAsync();
            if (step.Accepted is { } accepted && accepted != answer.Status < 300)
            {
                Assert.Fail($"must be {(accepted ? "accepted" : "refused")}: {answer.Message}\n{string.Join('\n', log.TakeLast(30))}");
            }
            if (answer.Status < 300)
            {
                step.Apply(answer.Body);
            }
            await AgreeAsync(api, model, log);
        }
        SpecificationTests.NoneIn(await AccountEmptying.EmptyAsync(api));
    }

    internal static async Task AtOnceAsync(Random random, int bursts, bool isSlow)
    {
        await using var api = await StartAsync(isSlow);
        var log = new List<string>();
        var model = new ModelAccount();
        for (var number = 0; number < bursts; number++)
        {
            var chosen = new RandomSteps(model, new Random(random.Next()));
            var prefix = $"r{number}-";
            var burst = Enumerable.Range(0, random.Next(2, MostOfBurst)).Select(_ => chosen.Next()).ToList();
            foreach (var step in burst.Where(step => step.Body?["name"] is not null && step.Path != "/v2/domains"))
            {
                step.Body!["name"] = prefix + step.Body["name"];
            }
            var answers = await Task.WhenAll(burst.Select(step => SendAsync(api, step)));
            log.Add($"burst {number}");
            log.AddRange(burst.Zip(answers, (step, answer) => $"{answer.Status} {step.Method} {step.Path} {step.Body?.ToJsonString()}"));
            await api.SettleAsync();
            model = await ListedAccount.ReadAsync(api);
            await AgreeAsync(api, model, log);
        }
        SpecificationTests.NoneIn(await AccountEmptying.EmptyAsync(api));
    }

    private static Task<ApiClient> StartAsync(bool isSlow) => ApiClient.StartAsync(settings => settings with
    {
        DropletLimit = MostDroplets,
        Pace = isSlow ? Pace.Real : Pace.Fast,
    });

    private static Task<ApiResponse> SendAsync(ApiClient api, Step step) =>
        api.SendAsync(step.Method, step.Path, step.Body?.ToJsonString());

    private static async Task AgreeAsync(ApiClient api, ModelAccount model, List<string> log)
    {
        // The network follows a change; all else is done when no work is left.
        await ApiClient.UntilAsync(() => api.Host.Policy.Servers.Select(server => server.ServerId).ToHashSet()
            .SetEquals(api.Host.Servers.Keys));
        var (wanted, listed) = (model.Lines(), await ListedAccount.LinesAsync(api));
        var wrong = wanted.Except(listed).Select(line => $"not listed: {line}")
            .Concat(listed.Except(wanted).Select(line => $"wrong: {line}")).Concat(ListedAccount.Unfinished(api)).ToList();
        Assert.True(wrong.Count == 0, $"{string.Join('\n', wrong)}\nafter:\n{string.Join('\n', log.TakeLast(40))}");
        Assert.Equal(wanted.Count, listed.Count);
    }
}
