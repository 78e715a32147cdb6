namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>The examples of DigitalOcean's specification, sent to this API.</summary>
public sealed class ReplayTests
{
    private const string Composed = "composed";

    [Fact]
    public async Task Each_example_of_a_request_is_accepted_and_answered_with_the_members_of_the_examples()
    {
        var specification = ApiSpecification.OrSkip();
        await using var api = await ApiClient.StartAsync(settings => settings with { DropletLimit = 100, GpuLimit = 100 });
        var account = new ReplayAccount(api, specification);
        var failures = new List<string>();
        var reasons = new HashSet<string>(StringComparer.Ordinal);

        // What deletes comes last: the rest finds more.
        foreach (var operation in specification.Operations.Where(operation => account.Routes.Contains(operation.Name))
            .OrderBy(operation => operation.Method == "DELETE").ThenBy(operation => operation.Method == "GET"))
        {
            var gaps = SpecificationGaps.Current;
            if (gaps.NotReplayed.ContainsKey(operation.Name) || !account.CanFill(operation))
            {
                continue;
            }
            var members = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (name, example) in operation.RequestExamples.Where(
                example => !gaps.NotReplayed.ContainsKey($"{operation.Name}: {example.Name}"))
                .Select(example => (example.Name, (System.Text.Json.Nodes.JsonNode?)example.Value))
                .DefaultIfEmpty((Composed, ComposedRequest.Of(specification, operation))))
            {
                var answer = await account.SendAsync(operation, example, name == Composed);
                members.UnionWith(MemberSet.Of(answer.Body));
                if (answer.Status >= 300)
                {
                    failures.Add($"{operation.Name} ({name}): {answer.Status} {answer.Message}");
                }
            }
            foreach (var member in gaps.WrongExamples.ContainsKey(operation.Name) ? [] : operation.AnswerExamples
                .SelectMany(example => MemberSet.Of(example.Value)).Distinct().Where(member => !members.Contains(member)))
            {
                var reason = $"{operation.Name}: {member}";
                if (!gaps.MissingMembers.ContainsKey(reason))
                {
                    failures.Add($"{operation.Name}: no member {member}");
                }
                reasons.Add(reason);
            }
        }
        failures.AddRange(SpecificationGaps.Current.MissingMembers.Keys.Except(reasons).Select(reason => $"is not missing: {reason}"));

        SpecificationTests.NoneIn(failures);
    }
}
