using System.Text.Json;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Kinds;
using Infra.Lab.Provider.Manners;
using Infra.Lab.Provider.Resources;
using Infra.Planning.Catalog;
using Infra.Tests.Deployments;
using PropertyMap = System.Collections.Immutable.ImmutableDictionary<string, object>;

namespace Infra.Tests.Unit.Lab.Provider;

/// <summary>
/// What the real providers answered, in a run on 2026-11-30 against <c>./infra cloud</c>, when one input of a resource changed: for every
/// input of every kind that the stacks use. <c>provider-answers.json</c> names the versions.
/// </summary>
public sealed class ProviderAnswerTests
{
    private static readonly JsonElement s_recorded = JsonDocument.Parse(File.ReadAllText(
        Path.Combine(StackFiles.Root, "tests/Unit/Lab/Provider/provider-answers.json"))).RootElement;

    public static TheoryData<string> Types => [.. s_recorded.GetProperty("types").EnumerateObject().Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_changed_input_is_answered_as_by_the_real_provider(string type)
    {
        using var account = new Account();
        await using var context = new CloudContext(account.Open(), account.Runtime, ModelCatalog.Load(), account.Options);
        var kind = Assert.Single(KindsOf.All(context), kind => kind.Type == type);
        var wrong = new List<string>();
        foreach (var resource in s_recorded.GetProperty("types").GetProperty(type).EnumerateArray())
        {
            var before = PropertyJson.ReadMap(resource.GetProperty("inputs"));
            foreach (var change in resource.GetProperty("changes").EnumerateArray())
            {
                var input = change.GetProperty("input").GetString()!;
                var after = PropertyJson.ReadMap(change).TryGetValue("value", out var value)
                    ? before.SetItem(input, value) : before.Remove(input);
                var answer = change.GetProperty("answer").GetString()!;
                if (answer == "refused")
                {
                    continue;
                }
                var ours = Answer(kind, before, after);
                if (ours != answer)
                {
                    wrong.Add($"{input}: {PropertyJson.Canonical(before.GetValueOrDefault(input))} -> {PropertyJson.Canonical(value)} is "
                        + $"'{answer}', not '{ours}'");
                }
            }
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_input_of_every_kind_was_changed()
    {
        var schema = new ProviderSchema();
        Assert.Equal(schema.Types.Where(type => type != Infra.Lab.Provider.Resources.Types.CopyToRemote).Order(StringComparer.Ordinal),
            s_recorded.GetProperty("types").EnumerateObject().Select(type => type.Name).Order(StringComparer.Ordinal));
        foreach (var type in s_recorded.GetProperty("types").EnumerateObject())
        {
            var changed = type.Value.EnumerateArray().SelectMany(resource => resource.GetProperty("changes").EnumerateArray())
                .Select(change => change.GetProperty("input").GetString()!).Distinct().Order(StringComparer.Ordinal);
            Assert.Equal(schema.Inputs(type.Name).Order(StringComparer.Ordinal), changed);
        }
    }

    private static string Answer(ResourceKind kind, PropertyMap before, PropertyMap declared)
    {
        var after = ProviderLayer.KeepComputed(kind.Type, before, declared);
        var changed = kind.Changed(before, after);
        return kind.ReplacedBy(changed, before, after) ? kind.DeletesFirst(declared) ? "delete and replace" : "replace"
            : changed.Count > 0 ? "update" : "same";
    }
}
