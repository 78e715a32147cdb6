namespace Pulumi;

public static partial class Output
{
    public static Output<(T1, T2)> Tuple<T1, T2>(Input<T1> item1, Input<T2> item2) =>
        Join(async sum => (await sum.AddAsync(item1).ConfigureAwait(false), await sum.AddAsync(item2).ConfigureAwait(false)));

    public static Output<(T1, T2)> Tuple<T1, T2>(Output<T1> item1, Output<T2> item2) =>
        Tuple((Input<T1>)item1, (Input<T2>)item2);

    public static Output<(T1, T2, T3)> Tuple<T1, T2, T3>(Input<T1> item1, Input<T2> item2, Input<T3> item3) =>
        Join(async sum => (
            await sum.AddAsync(item1).ConfigureAwait(false),
            await sum.AddAsync(item2).ConfigureAwait(false),
            await sum.AddAsync(item3).ConfigureAwait(false)));

    public static Output<(T1, T2, T3)> Tuple<T1, T2, T3>(Output<T1> item1, Output<T2> item2, Output<T3> item3) =>
        Tuple((Input<T1>)item1, (Input<T2>)item2, (Input<T3>)item3);

    public static Output<(T1, T2, T3, T4)> Tuple<T1, T2, T3, T4>(Input<T1> item1, Input<T2> item2, Input<T3> item3, Input<T4> item4) =>
        Join(async sum => (
            await sum.AddAsync(item1).ConfigureAwait(false),
            await sum.AddAsync(item2).ConfigureAwait(false),
            await sum.AddAsync(item3).ConfigureAwait(false),
            await sum.AddAsync(item4).ConfigureAwait(false)));

    public static Output<(T1, T2, T3, T4)> Tuple<T1, T2, T3, T4>(
        Output<T1> item1, Output<T2> item2, Output<T3> item3, Output<T4> item4) =>
        Tuple((Input<T1>)item1, (Input<T2>)item2, (Input<T3>)item3, (Input<T4>)item4);

    public static Output<(T1, T2, T3, T4, T5)> Tuple<T1, T2, T3, T4, T5>(
        Input<T1> item1, Input<T2> item2, Input<T3> item3, Input<T4> item4, Input<T5> item5) =>
        Join(async sum => (
            await sum.AddAsync(item1).ConfigureAwait(false),
            await sum.AddAsync(item2).ConfigureAwait(false),
            await sum.AddAsync(item3).ConfigureAwait(false),
            await sum.AddAsync(item4).ConfigureAwait(false),
            await sum.AddAsync(item5).ConfigureAwait(false)));

    public static Output<(T1, T2, T3, T4, T5)> Tuple<T1, T2, T3, T4, T5>(
        Output<T1> item1, Output<T2> item2, Output<T3> item3, Output<T4> item4, Output<T5> item5) =>
        Tuple((Input<T1>)item1, (Input<T2>)item2, (Input<T3>)item3, (Input<T4>)item4, (Input<T5>)item5);
}
