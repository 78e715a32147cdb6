using System.Text.Json;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Kinds;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Catalog;
using Infra.Tests.Deployments;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>
/// What the real providers refused before any request, in a run on 2026-11-30, and how the engine reports it.
/// <c>provider-refusals.json</c> names the versions.
/// </summary>
public sealed class ProviderRefusalTests
{
    private static readonly JsonElement s_recorded = JsonDocument.Parse(File.ReadAllText(
        Path.Combine(StackFiles.Root, "tests/Unit/Lab/Provider/provider-refusals.json"))).RootElement;

    public static TheoryData<string> Types =>
        [.. s_recorded.GetProperty("refusals").EnumerateArray().Select(row => row.GetProperty("type").GetString()!).Distinct()];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Wrong_inputs_are_refused_in_the_words_of_provider_and_engine(string type)
    {
        using var account = new Account();
        await using var context = new CloudContext(account.Open(), account.Runtime, ModelCatalog.Load(), account.Options);
        var kind = Assert.Single(KindsOf.All(context), kind => kind.Type == type);
        foreach (var row in s_recorded.GetProperty("refusals").EnumerateArray().Where(row => row.GetProperty("type").GetString() == type))
        {
            var name = row.GetProperty("name").GetString()!;
            var inputs = PropertyJson.ReadMap(row.GetProperty("inputs"));
            var resource = new CloudResource { Type = type, Name = name, Order = 1, Inputs = inputs };

            var refusal = Assert.Throws<ProviderException>(() => kind.Check(null, resource));

            Assert.Equal($"{type} resource '{name}' has a problem: {row.GetProperty("reason").GetString()}", refusal.Message);
        }
    }
}
