using System.Collections.Immutable;
using System.Globalization;

namespace Pulumi;

/// <summary>
/// Makes outputs and puts them together. What is made from a secret is secret, and what is made from an unknown is unknown.
/// </summary>
public static partial class Output
{
    public static Output<T> Create<T>(T value) => new(OutputData<T>.Known(value));

    public static Output<T> Create<T>(Task<T> value) => Output<T>.Create(value);

    public static Output<T> CreateSecret<T>(T value) => new(OutputData<T>.Known(value) with { IsSecret = true });

    public static Output<T> CreateSecret<T>(Task<T> value) => Output<T>.Create(value, isSecret: true);

    public static Output<T> CreateSecret<T>(Output<T> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.With(data => data with { IsSecret = true });
    }

    public static Output<T> Unsecret<T>(Output<T> output) => output.With(data => data with { IsSecret = false });

    public static async Task<bool> IsSecretAsync<T>(Output<T> output) => (await output.Data.ConfigureAwait(false)).IsSecret;

    public static Output<ImmutableArray<T>> All<T>(params Input<T>[] inputs) => All((IEnumerable<Input<T>>)inputs);

    public static Output<ImmutableArray<T>> All<T>(IEnumerable<Input<T>> inputs)
    {
        var items = inputs.ToArray();
        return Join(async sum =>
        {
            var values = ImmutableArray.CreateBuilder<T>(items.Length);
            foreach (var item in items)
            {
                values.Add(await sum.AddAsync(item).ConfigureAwait(false));
            }

            return values.MoveToImmutable();
        });
    }

    public static Output<ImmutableArray<T>> All<T>(params Output<T>[] outputs) => All((IEnumerable<Output<T>>)outputs);

    public static Output<ImmutableArray<T>> All<T>(IEnumerable<Output<T>> outputs) => All(outputs.Select(output => (Input<T>)output));

    /// <summary>An interpolated string whose holes may be outputs and inputs; formatted with the invariant culture.</summary>
    public static Output<string> Format(FormattableString formattableString)
    {
        var arguments = formattableString.GetArguments();
        return Join(async sum =>
        {
            var values = new object?[arguments.Length];
            for (var i = 0; i < arguments.Length; i++)
            {
                var output = arguments[i] as IOutput ?? (arguments[i] as IInput)?.ToOutput();
                values[i] = output is null ? arguments[i] : sum.Add(await output.GetDataAsync().ConfigureAwait(false));
            }

            return string.Format(CultureInfo.InvariantCulture, formattableString.Format, values);
        });
    }

    private static Output<T> Join<T>(Func<OutputDataSum, Task<T>> collect)
    {
        return new(DataAsync());

        async Task<OutputData<T>> DataAsync()
        {
            var sum = new OutputDataSum();
            var value = await collect(sum).ConfigureAwait(false);
            return sum.Of(value);
        }
    }
}
