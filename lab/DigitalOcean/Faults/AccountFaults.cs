using System.Text.Json;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Faults;

/// <summary>The faults of the account. Each of them is stored, and so survives a restart.</summary>
internal static class AccountFaults
{
    /// <summary>Adds a fault.</summary>
    /// <param name="change">The change.</param>
    /// <param name="line"><c>KIND[:WHAT][*COUNT][/DURATION]</c>.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static Fault Add(AccountChange change, string line) =>
        change.Put(Fault.Parse(line) with { Id = change.All<Fault>().Select(fault => fault.Id).DefaultIfEmpty().Max() + 1 });

    /// <summary>Removes faults.</summary>
    /// <param name="change">The change.</param>
    /// <param name="line">As it was added, or its kind alone for all of that kind; null: all.</param>
    /// <returns>How many.</returns>
    public static int Remove(AccountChange change, string? line)
    {
        var removed = change.All<Fault>().Where(fault => line is null || fault.Kind == line || SameAs(fault, line)).ToList();
        removed.ForEach(change.Remove);
        return removed.Count;
    }

    /// <summary>Lines of a file: a JSON array of strings, <c>["out-of-stock:gpu-h200x8-1128gb@nyc2", "429:POST *&#42;2"]</c>.</summary>
    /// <exception cref="FormatException">It is none, or a line in it is none.</exception>
    public static IReadOnlyList<string> ReadFile(string json)
    {
        try
        {
            var lines = JsonSerializer.Deserialize<List<string>>(json, AccountJson.Options) ?? [];
            lines.ForEach(line => Fault.Parse(line));
            return lines;
        }
        catch (JsonException exception)
        {
            throw new FormatException("faults are a JSON array of strings, as [\"out-of-stock:gpu-h200x8-1128gb@nyc2\"]", exception);
        }
    }

    /// <summary>The fault of a kind that concerns a subject, without using it; null: there is none.</summary>
    public static Fault? Find(AccountState state, string kind, string subject) =>
        state.All<Fault>().FirstOrDefault(fault => fault.Kind == kind && fault.Concerns(subject));

    /// <summary>The same, and one use of it is gone.</summary>
    public static Fault? Take(this AccountChange change, string kind, string subject)
    {
        if (Find(change.State, kind, subject) is not { } fault)
        {
            return null;
        }
        Use(change, fault);
        return fault;
    }

    /// <summary>The same for a kind with a duration: how long; zero without a fault.</summary>
    public static TimeSpan TakeDuration(this AccountChange change, string kind, string subject) =>
        change.Take(kind, subject)?.Lasts ?? TimeSpan.Zero;

    /// <summary>Refuses what the change is about, if a fault says so. The use counts although the change is refused.</summary>
    /// <param name="change">The change.</param>
    /// <param name="kind">Kind of the fault.</param>
    /// <param name="subject">What the change is about.</param>
    /// <param name="refusal">The API's words.</param>
    /// <exception cref="ApiError">The refusal.</exception>
    public static void RefuseIf(this AccountChange change, string kind, string subject, Func<ApiError> refusal)
    {
        if (Find(change.State, kind, subject) is { } fault)
        {
            var error = refusal();
            error.StillRecords = after => Use(after, fault);
            throw error;
        }
    }

    /// <summary>Waits if a fault says so.</summary>
    /// <param name="account">The account.</param>
    /// <param name="kind">Kind of the fault.</param>
    /// <param name="subject">Name of the resource.</param>
    /// <param name="cancel">Gives up.</param>
    public static async Task DelayAsync(this CloudAccount account, string kind, string subject, CancellationToken cancel)
    {
        if (Find(account.State, kind, subject) is not null && account.Change(change => change.Take(kind, subject)) is { } fault)
        {
            await Task.Delay(fault.Lasts, account.Clock, cancel);
        }
    }

    /// <summary>Waits for as long as there is such a fault.</summary>
    /// <param name="account">The account.</param>
    /// <param name="kind">Kind of the fault.</param>
    /// <param name="subject">Name of the resource.</param>
    /// <param name="isWanted">Whether the resource is still to become ready: its deletion ends the wait.</param>
    /// <param name="cancel">Gives up.</param>
    public static Task HoldAsync(
        this CloudAccount account, string kind, string subject, Func<AccountState, bool> isWanted, CancellationToken cancel) =>
        account.UntilAsync(state => Find(state, kind, subject) is null || !isWanted(state), cancel);

    /// <summary>Fails if a fault says so.</summary>
    /// <exception cref="IOException">It does.</exception>
    public static void FailIf(this CloudAccount account, string kind, string subject)
    {
        if (Find(account.State, kind, subject) is not null && account.Change(change => change.Take(kind, subject)) is not null)
        {
            throw new IOException($"fault {kind}");
        }
    }

    private static void Use(AccountChange change, Fault used)
    {
        // It may be used up, or removed, by another request meanwhile.
        if (change.Find<Fault>(used.Key) is { Count: { } count } fault)
        {
            if (count > 1)
            {
                change.Put(fault with { Count = count - 1 });
            }
            else
            {
                change.Remove(fault);
            }
        }
    }

    private static bool SameAs(Fault fault, string line)
    {
        try
        {
            return Fault.Parse(line) with { Id = fault.Id } == fault;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
