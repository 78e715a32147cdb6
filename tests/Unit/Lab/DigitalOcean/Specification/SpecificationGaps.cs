using System.Text.Json;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Http;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>Where this API differs from the specification on purpose: <c>specification-gaps.json</c>. Each entry has its reason.</summary>
internal sealed record SpecificationGaps
{
    /// <summary>Operations without a route: <c>POST /v2/images</c>.</summary>
    public required IReadOnlyDictionary<string, string> NotOffered { get; init; }

    /// <summary>Beginnings of operations that are not written yet.</summary>
    public required IReadOnlyDictionary<string, string> NotYet { get; init; }

    /// <summary>Routes that the API has and the specification here has not.</summary>
    public required IReadOnlyDictionary<string, string> NotInSpecification { get; init; }

    /// <summary>Operations whose example of an answer contradicts its own schema.</summary>
    public required IReadOnlyDictionary<string, string> WrongExamples { get; init; }

    /// <summary>Members that the specification misspells, and what clients read.</summary>
    public required IReadOnlyDictionary<string, string> Misspelled { get; init; }

    /// <summary>Keywords of schemas that answers which clients rely on contradict, as <c>SCHEMA/properties/NAME/minItems</c>.</summary>
    public required IReadOnlyDictionary<string, string> TooStrict { get; init; }

    /// <summary>
    /// Operations whose schema lacks the object around the answer that examples and clients have, by that object's member.
    /// </summary>
    public required IReadOnlyDictionary<string, string> WrappedAnswers { get; init; }

    /// <summary>Examples of requests that are not sent: <c>POST /v2/images</c>, or <c>POST /v2/volumes: xfs volume</c>.</summary>
    public required IReadOnlyDictionary<string, string> NotReplayed { get; init; }

    /// <summary>
    /// Members of our answers that clients read and the specification does not have: <c>/v2/account: account.volume_limit</c>.
    /// </summary>
    public required IReadOnlyDictionary<string, string> ExtraMembers { get; init; }

    /// <summary>Members of examples that our answers do not have: <c>GET /v2/vpcs: vpcs.name</c>.</summary>
    public required IReadOnlyDictionary<string, string> MissingMembers { get; init; }

    public static SpecificationGaps Current { get; } = JsonSerializer.Deserialize<SpecificationGaps>(
        File.ReadAllText(Path.Combine(StackFiles.Root, "tests/Unit/Lab/DigitalOcean/Specification/specification-gaps.json")),
        AccountJson.Options)!;

    /// <summary>Whether a request is for a route that the specification here has not.</summary>
    public bool Adds(string method, string path) => NotInSpecification.Keys.Select(operation => operation.Split(' '))
        .Any(operation => new ApiRoute(operation[0], operation[1], null, null, _ => ApiAnswer.NoContent).Serves(method, path));

    /// <summary>Whether a missing route has its reason here.</summary>
    public bool HasReason(string operation) => NotOffered.ContainsKey(operation)
        || NotYet.Keys.Any(begin => operation.Split(' ')[1].StartsWith(begin, StringComparison.Ordinal));
}
