using System.Collections.Immutable;
using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.Utilities;

namespace Infra.Tests.Sdk;

/// <summary>What may be given as an argument.</summary>
[Collection(SerialRuns.Name)]
public sealed class InputTests
{
    private static readonly string[] Both = ["a", "b"];

    [Fact]
    public async Task A_list_takes_values_outputs_inputs_and_lists_of_them()
    {
        Assert.Equal(["a"], await ListOf("a"));
        Assert.Equal(["a"], await ListOf(Output.Create("a")));
        Assert.Equal(["a"], await ListOf((Input<string>)"a"));
        Assert.Equal(["a", "b"], await ListOf(Both));
        Assert.Equal(["a"], await ListOf(new[] { Output.Create("a") }));
        Assert.Equal(["a"], await ListOf(new Input<string>[] { "a" }));
        Assert.Equal(["a"], await ListOf(new List<string> { "a" }));
        Assert.Equal(["a"], await ListOf(new List<Output<string>> { Output.Create("a") }));
        Assert.Equal(["a"], await ListOf(new List<Input<string>> { "a" }));
        Assert.Equal(["a"], await ListOf(ImmutableArray.Create("a")));
        Assert.Equal(["a"], await ListOf(Output.Create(ImmutableArray.Create("a"))));
        Assert.Equal(["a"], await ListOf(Output.Create(new List<string> { "a" })));
        Assert.Equal(Both, await ListOf(Output.Create(Both)));
        Assert.Equal(["a", "b"], await ListOf(["a", "b"]));
        Assert.Equal(["a", "b"], await ListOf(new() { "a", Output.Create("b") }));
        Assert.Equal([], await ListOf([]));
    }

    [Fact]
    public async Task A_list_grows_in_place_and_concatenates_into_a_new_one()
    {
        InputList<string> first = ["c"];
        var both = first.Concat(Both);
        first.Add("d");
        first.AddRange(Both);
        Assert.Equal(["c", "d", "a", "b"], await ListOf(first));
        Assert.Equal(["c", "a", "b"], await ListOf(both));
    }

    [Fact]
    public async Task A_map_takes_an_initializer_dictionaries_and_outputs_of_them()
    {
        var expected = new Dictionary<string, string> { ["a"] = "1" };
        Assert.Equal(expected, await MapOf(new() { ["a"] = "1" }));
        Assert.Equal(expected, await MapOf(new() { { "a", Output.Create("1") } }));
        Assert.Equal(expected, await MapOf(expected));
        Assert.Equal(expected, await MapOf(expected.ToImmutableDictionary()));
        Assert.Equal(expected, await MapOf(Output.Create(expected)));
        Assert.Equal(expected, await MapOf(Output.Create(expected.ToImmutableDictionary())));
    }

    [Fact]
    public async Task Of_two_merged_maps_the_second_counts()
    {
        var merged = await MapOf(InputMap<string>.Merge(new() { ["a"] = "1", ["b"] = "1" }, new() { ["b"] = "2" }));
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, merged);
    }

    [Fact]
    public async Task A_key_may_be_given_twice_only_with_the_same_value()
    {
        InputMap<string> same = new() { ["a"] = "1" };
        same["a"] = "1";
        Assert.Equal("1", (await MapOf(same))["a"]);

        InputMap<string> different = new() { ["a"] = "1" };
        different["a"] = "2";
        var exception = await Assert.ThrowsAsync<ArgumentException>(() => MapOf(different));
        Assert.Contains("'a'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_union_takes_a_string_an_enum_and_outputs_of_either()
    {
        Assert.Equal("tor1", await UnionOf("tor1"));
        Assert.Equal("tor1", await UnionOf(Region.TOR1));
        Assert.Equal("tor1", await UnionOf(Output.Create("tor1")));
        Assert.Equal("tor1", await UnionOf(Output.Create(Region.TOR1)));
        Assert.Equal("tor1", await UnionOf((Input<string>)"tor1"));
    }

    [Fact]
    public void An_enum_equals_another_by_its_string()
    {
        Assert.Equal("tor1", (string)Region.TOR1);
        Assert.Equal("tor1", Region.TOR1.ToString());
        Assert.True(Region.TOR1 == Pulumi.DigitalOcean.Region.TOR1);
        Assert.True(Region.TOR1 != Region.NYC2);
    }

    [Fact]
    public async Task A_missing_input_is_a_known_default()
    {
        Input<string>? missing = null;
        Assert.True(await OutputUtilities.GetIsKnownAsync(missing.ToOutput()));
        Assert.Equal("none", await OutputUtilities.GetValueAsync(missing.Apply(value => value ?? "none")));
    }

    [Fact]
    public async Task A_list_is_unknown_as_a_whole_when_an_element_is()
    {
        InputList<string> list = [OutputUtilities.CreateUnknown(""), "b"];
        Assert.False(await OutputUtilities.GetIsKnownAsync(list.ToOutput()));
    }

    private static async Task<IEnumerable<string>> ListOf(InputList<string> list) => await OutputUtilities.GetValueAsync(list.ToOutput());

    private static async Task<IReadOnlyDictionary<string, string>> MapOf(InputMap<string> map) =>
        await OutputUtilities.GetValueAsync(map.ToOutput());

    private static async Task<string> UnionOf(InputUnion<string, Region> union) =>
        (await OutputUtilities.GetValueAsync(union.ToOutput())).Match(text => text, region => (string)region);
}
