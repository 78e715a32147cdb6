using Infra.Lab.DigitalOcean;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>Random requests: no answer that the specification does not know, no error of the API's own, and nothing that stays.</summary>
public sealed class FuzzTests
{
    private const int Requests = 400;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Random_requests_get_known_answers_and_leave_nothing(int seed) =>
        RunAsync(new Random(seed), requests => requests < Requests);

    /// <summary>Sends requests to an account of its own, and empties it.</summary>
    /// <param name="random">Where requests come from.</param>
    /// <param name="goesOn">Whether another request follows, by the number of those before it.</param>
    internal static async Task RunAsync(Random random, Func<int, bool> goesOn)
    {
        var specification = ApiSpecification.OrSkip();
        await using var api = await ApiClient.StartAsync(settings => settings with { DropletLimit = 50 });
        var routes = CloudApi.Routes(api.Account).Select(route => $"{route.Method} {route.Path}").ToHashSet(StringComparer.Ordinal);
        var fuzz = new RequestFuzz(specification, [.. specification.Operations.Where(one => routes.Contains(one.Name))], random);
        for (var requests = 0; goesOn(requests); requests++)
        {
            var (method, path, body) = fuzz.Next();
            try
            {
                fuzz.Learn((await api.SendAsync(method, path, body)).Body);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new InvalidOperationException($"request {requests}: {method} {path} {body}", failure);
            }
            if (requests % 20 == 0)
            {
                await api.SettleAsync();
            }
        }

        SpecificationTests.NoneIn(await AccountEmptying.EmptyAsync(api));
    }
}
