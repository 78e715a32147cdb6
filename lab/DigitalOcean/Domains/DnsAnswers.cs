using System.Collections.Immutable;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Domains;

/// <summary>What the account's name servers answer to a question.</summary>
/// <param name="IsOurs">Whether a zone of the account has the name; if not, someone else answers.</param>
/// <param name="Exists">
/// Whether the name has a record of any type: no answer without that is NXDOMAIN. With aliases, the last one in the account decides
/// (RFC 6604, 3).
/// </param>
/// <param name="Records">Records of the type that was asked for, and the aliases that lead to them, in order.</param>
/// <param name="Zone">The zone of the name, of the last one with aliases.</param>
internal sealed record DnsAnswer(bool IsOurs, bool Exists, ImmutableArray<DnsAnswerRecord> Records, Domain? Zone)
{
    /// <summary>An alias to a name that is not the account's, at the end of the answer; null: there is none.</summary>
    public string? LeadsTo { get; init; }

    /// <summary>Whether the type has no record here, and none elsewhere.</summary>
    public required bool IsMissing { get; init; }
}

/// <param name="Owner">The name that has it: the name asked for, also where a wildcard matched.</param>
/// <param name="Record">The record.</param>
internal sealed record DnsAnswerRecord(string Owner, DnsRecord Record);

/// <summary>The account's zones as a resolver asks for them (RFC 1034, 4.3.2).</summary>
internal static class DnsAnswers
{
    private const int MostAliases = 8;

    /// <param name="state">The account.</param>
    /// <param name="name">A host name, with or without a dot at its end, in any case.</param>
    /// <param name="type">As <c>A</c>; <c>ANY</c>: all.</param>
    public static DnsAnswer Of(AccountState state, string name, string type)
    {
        var records = ImmutableArray.CreateBuilder<DnsAnswerRecord>();
        var owner = name.TrimEnd('.').ToLowerInvariant();
        Domain? last = null;
        var exists = false;
        for (var aliases = 0; aliases <= MostAliases && Domains.ZoneOf(state, owner) is { } zone; aliases++)
        {
            last = zone;
            (exists, var found) = Named(Domains.RecordsOf(state, zone), zone, owner);
            records.AddRange(found.Where(record => type == "ANY" || record.Type == type || record.Type == "CNAME")
                .Select(record => new DnsAnswerRecord(owner, record)));
            if (type is "CNAME" or "ANY" || found.FirstOrDefault(record => record.Type == "CNAME") is not { } alias)
            {
                return new(true, exists, records.ToImmutable(), last)
                {
                    IsMissing = !found.Any(record => type == "ANY" || record.Type == type),
                };
            }
            owner = alias.Target;
        }
        // Out of the account's zones, or in a circle.
        return new(last is not null, exists, records.ToImmutable(), last)
        {
            IsMissing = false,
            LeadsTo = last is not null && Domains.ZoneOf(state, owner) is null ? owner : null,
        };
    }

    private static (bool Exists, IReadOnlyList<DnsRecord> Records) Named(IReadOnlyList<DnsRecord> records, Domain zone, string owner)
    {
        var own = records.Where(record => record.FullName == owner).ToList();
        // A name with names below it exists, and no wildcard answers for it.
        if (own.Count > 0 || records.Any(record => record.FullName.EndsWith($".{owner}", StringComparison.Ordinal)))
        {
            return (true, own);
        }
        // The closest name above that exists decides which wildcard there is.
        for (var above = owner; above != zone.Name;)
        {
            above = above[(above.IndexOf('.', StringComparison.Ordinal) + 1)..];
            var wildcard = records.Where(record => record.FullName == $"*.{above}").ToList();
            if (wildcard.Count > 0)
            {
                return (true, wildcard);
            }
            if (records.Any(record => record.FullName == above || record.FullName.EndsWith($".{above}", StringComparison.Ordinal)))
            {
                break;
            }
        }
        return (false, []);
    }
}
