using System.Collections.Immutable;

namespace Pulumi;

internal interface IOutput
{
    public ValueTask<OutputData<object?>> GetDataAsync();
}

/// <summary>
/// A value that comes later. A deployment fails when any of its outputs does, whether someone reads it or not. In a preview the value
/// may be unknown; then functions that are applied to it do not run.
/// </summary>
public sealed class Output<T> : IOutput
{
    /// <param name="data">What it comes to.</param>
    /// <param name="isWatched">Whether a failure of <paramref name="data"/> fails the deployment here, or is reported by who completes
    /// it.</param>
    internal Output(Task<OutputData<T>> data, bool isWatched = true)
    {
        Data = data;
        if (isWatched)
        {
            Deployment.Watch(data);
        }
    }

    internal Output(OutputData<T> data)
    {
        Data = Task.FromResult(data);
    }

    internal Task<OutputData<T>> Data { get; }

    public static Output<T> Create(Task<T> value) => Create(value, isSecret: false);

    internal static Output<T> Create(Task<T> value, bool isSecret)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(DataAsync());

        async Task<OutputData<T>> DataAsync() =>
            new(await value.ConfigureAwait(false), IsKnown: true, isSecret, ImmutableHashSet<Resource>.Empty);
    }

    public Output<TResult> Apply<TResult>(Func<T, TResult> func) =>
        new(ApplyAsync(value => Task.FromResult(OutputData<TResult>.Known(func(value)))));

    public Output<TResult> Apply<TResult>(Func<T, Task<TResult>> func) =>
        new(ApplyAsync(async value => OutputData<TResult>.Known(await func(value).ConfigureAwait(false))));

    public Output<TResult> Apply<TResult>(Func<T, Input<TResult>?> func) =>
        new(ApplyAsync(value => func(value).ToOutput().Data));

    public Output<TResult> Apply<TResult>(Func<T, Output<TResult>?> func) =>
        new(ApplyAsync(value => func(value)?.Data ?? Task.FromResult(OutputData<TResult>.Known(default!))));

    public Output<ValueTuple> Apply(Func<T, Task> func) =>
        new(ApplyAsync(async value =>
        {
            await func(value).ConfigureAwait(false);
            return OutputData<ValueTuple>.Known(default);
        }));

    public override string ToString() =>
        "Calling [ToString] on an [Output<T>] is not supported. Use Apply, or Output.Format for text that contains one.";

    internal Output<T> With(Func<OutputData<T>, OutputData<T>> change)
    {
        return new(DataAsync());

        async Task<OutputData<T>> DataAsync() => change(await Data.ConfigureAwait(false));
    }

    ValueTask<OutputData<object?>> IOutput.GetDataAsync()
    {
        return Data.IsCompletedSuccessfully ? new(Data.Result.Boxed) : LaterAsync();

        async ValueTask<OutputData<object?>> LaterAsync() => (await Data.ConfigureAwait(false)).Boxed;
    }

    private async Task<OutputData<TResult>> ApplyAsync<TResult>(Func<T, Task<OutputData<TResult>>> func)
    {
        var data = await Data.ConfigureAwait(false);
        if (!data.IsKnown)
        {
            return new(default!, IsKnown: false, data.IsSecret, data.Resources);
        }

        return data.Then(await func(data.Value).ConfigureAwait(false));
    }
}
