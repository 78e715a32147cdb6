using Infra.Lab.DigitalOcean;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>The API has the operations of DigitalOcean's specification, and a wrong answer of it is found.</summary>
public sealed class SpecificationTests
{
    [Fact]
    public async Task Each_operation_has_a_route_or_a_reason_why_not()
    {
        var specification = ApiSpecification.OrSkip();
        await using var api = await ApiClient.StartAsync();

        var routes = CloudApi.Routes(api.Account).Select(route => $"{route.Method} {route.Path}").ToHashSet(StringComparer.Ordinal);
        var operations = specification.Operations.Select(operation => operation.Name).ToHashSet(StringComparer.Ordinal);

        NoneIn(operations.Except(routes).Where(name => !SpecificationGaps.Current.HasReason(name)).Select(name => $"no route: {name}"));
        NoneIn(SpecificationGaps.Current.NotOffered.Keys.Where(routes.Contains).Select(name => $"has a route by now: {name}"));
        NoneIn(routes.Except(operations).Except(SpecificationGaps.Current.NotInSpecification.Keys));
        Assert.All(specification.Operations, operation => Assert.NotEmpty(operation.Successes));
    }

    [Fact]
    public async Task A_token_of_the_specifications_scopes_is_enough()
    {
        var specification = ApiSpecification.OrSkip();
        await using var api = await ApiClient.StartAsync();

        var wrong = CloudApi.Routes(api.Account).Where(route => route.Scope is not null).Select(route => (
            Route: $"{route.Method} {route.Path}", route.Scope,
            Allowed: specification.Operations.FirstOrDefault(operation => operation.Name == $"{route.Method} {route.Path}")?.Scopes))
            .Where(route => route.Allowed is { } allowed && !allowed.Contains(route.Scope!))
            .Select(route => $"{route.Route}: {route.Scope}, not one of {string.Join(", ", route.Allowed!)}");

        NoneIn(wrong);
    }

    [Theory]
    [InlineData("GET", "/v2/vpcs/x", 200, """{"vpc": {"id": "5a4981aa-9653-4bd1-bef5-d6bff52042e4", "no_such": 1}}""", "no_such")]
    [InlineData("GET", "/v2/vpcs/x", 200, """{"vpc": {"id": 5}}""", "/vpc/id")]
    [InlineData("GET", "/v2/vpcs/x", 202, """{"vpc": {}}""", "status 202")]
    [InlineData("GET", "/v2/vpcs?page=2", 200, """{"vpcs": [], "links": {}}""", "meta")]
    [InlineData("GET", "/v2/vpcs/x", 404, """{"id": "conflict", "message": "m"}""", "not_found")]
    [InlineData("GET", "/v2/vpcs/x", 404, """{"message": "m"}""", "id")]
    [InlineData("DELETE", "/v2/vpcs/x", 204, """{}""", "a body")]
    [InlineData("GET", "/v2/moons", 200, """{}""", "no such operation")]
    public void A_wrong_answer_is_found(string method, string path, int status, string body, string expected) =>
        Assert.Contains(
            expected, string.Join('\n', ApiSpecification.OrSkip().Violations(method, path, status, "application/json", body)),
            StringComparison.Ordinal);

    /// <summary>The examples of the specification are right answers, but for some that contradict their own schema.</summary>
    [Fact]
    public void An_example_of_the_specification_is_a_right_answer()
    {
        var specification = ApiSpecification.OrSkip();

        var wrong = specification.Operations.SelectMany(operation => operation.AnswerExamples
            .SelectMany(example => specification.Violations(
                operation.Method, operation.Path, operation.Successes[0], "application/json", example.Value.ToJsonString())
                .Select(violation => (operation.Name, Text: $"{operation.Name} ({example.Name}): {violation}")))).ToList();

        NoneIn(wrong.Where(one => !SpecificationGaps.Current.WrongExamples.ContainsKey(one.Name)).Select(one => one.Text));
    }

    /// <summary>As <c>Assert.Empty</c>, with all of its lines in the message.</summary>
    internal static void NoneIn(IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines);
        Assert.True(text.Length == 0, text);
    }
}
