using System.Collections.Immutable;
using System.Globalization;
using CsCheck;
using Pulumi;
using Pulumi.Utilities;

namespace Infra.Tests.Sdk;

/// <summary>What the product relies on of outputs: values, unknowns, secrets, dependencies.</summary>
[Collection(SerialRuns.Name)]
public sealed class OutputTests
{
    private static readonly Gen<(int Value, bool IsKnown, bool IsSecret)> GenPart = Gen.Select(Gen.Int, Gen.Bool, Gen.Bool);

    [Fact]
    public async Task Apply_hands_on_the_value_of_a_function_that_returns_a_value_a_task_an_input_or_an_output()
    {
        var output = Output.Create(20);
        Assert.Equal(21, await ValueOf(output.Apply(value => value + 1)));
        Assert.Equal(22, await ValueOf(output.Apply(async value =>
        {
            await Task.Yield();
            return value + 2;
        })));
        Assert.Equal(23, await ValueOf(output.Apply(value => Output.Create(value + 3))));
        Assert.Equal(24, await ValueOf(output.Apply(value => (Input<int>)(value + 4))));
    }

    [Fact]
    public async Task Apply_does_not_run_on_an_unknown_value()
    {
        var hasRun = false;
        var output = OutputUtilities.CreateUnknown("").Apply(value => hasRun = true);
        Assert.False(await OutputUtilities.GetIsKnownAsync(output));
        Assert.False(hasRun);
    }

    [Fact]
    public async Task An_unknown_value_reads_as_the_default_of_its_type()
    {
        Assert.Null(await ValueOf(OutputUtilities.CreateUnknown("something")));
        Assert.Equal(0, await ValueOf(OutputUtilities.CreateUnknown(1)));
    }

    [Fact]
    public Task All_is_known_if_every_part_is_and_secret_if_any_is() =>
        GenPart.Array[0, 6].SampleAsync(async parts =>
        {
            var all = Output.All(parts.Select(Make));
            await AssertJoined(parts, all);
            return !parts.All(part => part.IsKnown) || (await ValueOf(all)).SequenceEqual(parts.Select(part => part.Value));
        });

    [Fact]
    public Task Format_is_known_if_every_hole_is_and_secret_if_any_is() =>
        GenPart.Array[3, 3].SampleAsync(async parts =>
        {
            var text = Output.Format($"{Make(parts[0])}:{(Input<int>)Make(parts[1])}/{"plain"}+{Make(parts[2])}");
            await AssertJoined(parts, text);
            return !parts.All(part => part.IsKnown) ||
                await ValueOf(text) == FormattableString.Invariant($"{parts[0].Value}:{parts[1].Value}/plain+{parts[2].Value}");
        });

    [Fact]
    public Task Tuple_is_known_if_every_item_is_and_secret_if_any_is() =>
        GenPart.Array[5, 5].SampleAsync(async parts =>
        {
            var outputs = parts.Select(Make).ToArray();
            await AssertJoined(parts[..2], Output.Tuple(outputs[0], outputs[1]));
            await AssertJoined(parts[..3], Output.Tuple(outputs[0], outputs[1], outputs[2]));
            await AssertJoined(parts[..4], Output.Tuple(outputs[0], outputs[1], outputs[2], outputs[3]));
            await AssertJoined(parts, Output.Tuple(outputs[0], outputs[1], outputs[2], outputs[3], outputs[4]));
        });

    [Fact]
    public Task An_applied_function_that_returns_an_output_adds_what_that_one_has() =>
        GenPart.Array[2, 2].SampleAsync(async parts =>
        {
            var joined = Make(parts[0]).Apply(_ => Make(parts[1]));
            var isKnown = parts[0].IsKnown && parts[1].IsKnown;
            Assert.Equal(isKnown, await OutputUtilities.GetIsKnownAsync(joined));
            // The inner output does not exist when the outer value is unknown.
            Assert.Equal(parts[0].IsSecret || (parts[0].IsKnown && parts[1].IsSecret), await Output.IsSecretAsync(joined));
        });

    [Fact]
    public async Task Secrecy_can_be_put_on_and_taken_off_and_the_value_stays()
    {
        var secret = Output.CreateSecret(Output.Create("value"));
        Assert.True(await Output.IsSecretAsync(secret));
        Assert.True(await Output.IsSecretAsync(Output.CreateSecret("value")));
        Assert.True(await Output.IsSecretAsync(Output.CreateSecret(Task.FromResult("value"))));
        Assert.False(await Output.IsSecretAsync(Output.Unsecret(secret)));
        Assert.Equal("value", await ValueOf(Output.Unsecret(secret)));
    }

    [Fact]
    public async Task Format_takes_the_invariant_culture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            Assert.Equal("0.76 and 007", await ValueOf(Output.Format($"{Output.Create(0.76)} and {Output.Create(7):D3}")));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task What_is_made_of_a_resource_depends_on_it()
    {
        var (key, made) = await new Mocks().RunAsync(() =>
        {
            var key = new Pulumi.Tls.PrivateKey("key", new() { Algorithm = "ED25519" });
            return (key, Output.Format($"{Output.All(key.Id, key.Algorithm).Apply(parts => string.Join(" ", parts))}"));
        });
        Assert.Equal([key], await OutputUtilities.GetDependenciesAsync(made));
    }

    [Fact]
    public async Task A_list_that_comes_later_can_be_indexed()
    {
        var list = Output.Create(ImmutableArray.Create("a", "b"));
        Assert.Equal("a", await ValueOf(list.First()));
        Assert.Equal("b", await ValueOf(list.GetAt(1)));
        Assert.Equal(2, await ValueOf(list.Length()));
    }

    [Fact]
    public async Task An_output_in_plain_text_shows_as_an_error_and_not_as_its_value()
    {
        var text = await new Mocks().RunAsync(() => $"{Output.Create("value")}");
        Assert.StartsWith("Calling [ToString] on an [Output<T>] is not supported.", text, StringComparison.Ordinal);
    }

    private static Task<T> ValueOf<T>(Output<T> output) => OutputUtilities.GetValueAsync(output);

    private static Output<int> Make((int Value, bool IsKnown, bool IsSecret) part)
    {
        var output = part.IsKnown ? Output.Create(part.Value) : OutputUtilities.CreateUnknown(part.Value);
        return part.IsSecret ? Output.CreateSecret(output) : output;
    }

    private static async Task AssertJoined<T>(IReadOnlyCollection<(int Value, bool IsKnown, bool IsSecret)> parts, Output<T> joined)
    {
        Assert.Equal(parts.All(part => part.IsKnown), await OutputUtilities.GetIsKnownAsync(joined));
        Assert.Equal(parts.Any(part => part.IsSecret), await Output.IsSecretAsync(joined));
    }
}
