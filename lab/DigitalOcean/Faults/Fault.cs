using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Faults;

/// <summary>Something that goes wrong on demand. As a line: <c>KIND[:WHAT][*COUNT][/DURATION]</c>.</summary>
/// <param name="Id">Its number: the order in which faults were asked for.</param>
/// <param name="Kind">One of <see cref="FaultKinds"/>.</param>
/// <param name="What">
/// What it concerns: a size and region, a method and path, a name; <c>*</c> in it stands for any characters. Null: everything.
/// </param>
/// <param name="Count">How often it still happens; null: until it is removed.</param>
/// <param name="Duration">How late, slow or wrong; null: the kind's own.</param>
internal sealed partial record Fault(long Id, string Kind, string? What, int? Count, TimeSpan? Duration) : IRecord
{
    public string Key => Id.ToString("D10", CultureInfo.InvariantCulture);

    /// <summary>How late, slow or wrong: as asked for, or as its kind is by default. Only of kinds that have a duration.</summary>
    [JsonIgnore]
    public TimeSpan Lasts => Duration ?? FaultKinds.All[Kind].Duration!.Value;

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is none; the message says what is allowed.</exception>
    public static Fault Parse(string line)
    {
        var match = Line().Match(line);
        var kind = match.Groups["kind"].Value;
        if (!match.Success || !FaultKinds.All.TryGetValue(kind, out var about))
        {
            throw new FormatException(
                $"fault \"{line}\": expected KIND[:WHAT][*COUNT][/DURATION], as out-of-stock:gpu-h200x8-1128gb@nyc2*3; "
                + $"kinds: {string.Join(", ", FaultKinds.All.Keys)}");
        }
        var count = match.Groups["count"];
        if (count.Success && (!int.TryParse(count.Value, CultureInfo.InvariantCulture, out var number) || number < 1))
        {
            throw new FormatException($"fault \"{line}\": COUNT must be a number from 1 to {int.MaxValue}");
        }
        var what = match.Groups["what"];
        if (about.NeedsWhat && !what.Success)
        {
            throw new FormatException($"fault \"{line}\": {kind} needs {about.What} after a colon");
        }
        if (match.Groups["number"].Success && about.Duration is null)
        {
            throw new FormatException($"fault \"{line}\": {kind} has no duration");
        }
        return new(0, kind, what.Success ? what.Value : null,
            count.Success ? int.Parse(count.Value, CultureInfo.InvariantCulture) : null, DurationOf(match));
    }

    /// <summary>Whether it concerns a subject.</summary>
    public bool Concerns(string subject) => What is null
        || Regex.IsMatch(subject, $@"\A{Regex.Escape(What).Replace("\\*", ".*", StringComparison.Ordinal)}\z",
            RegexOptions.CultureInvariant);

    public override string ToString() => Kind + (What is null ? "" : $":{What}")
        + (Count is { } count ? string.Create(CultureInfo.InvariantCulture, $"*{count}") : "")
        + (Duration is { } duration ? string.Create(CultureInfo.InvariantCulture, $"/{duration.TotalSeconds}s") : "");

    private static TimeSpan? DurationOf(Match match) => !match.Groups["number"].Success ? null
        : double.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture) * match.Groups["unit"].Value switch
        {
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            _ => TimeSpan.FromHours(1),
        };

    [GeneratedRegex(@"^(?<kind>[a-z0-9-]+)(:(?<what>.+?))?(\*(?<count>[0-9]+))?(/(?<number>-?[0-9]{1,6}(\.[0-9]{1,3})?)(?<unit>[smh]))?\z")]
    private static partial Regex Line();
}

/// <summary>A kind of fault.</summary>
/// <param name="What">What it can be limited to, in words.</param>
/// <param name="NeedsWhat">Whether it must be.</param>
/// <param name="Duration">Its duration if none is said; null: it has none.</param>
/// <param name="Effect">What happens, in a few words.</param>
internal sealed record FaultKind(string What, bool NeedsWhat, TimeSpan? Duration, string Effect);

/// <summary>All kinds of faults.</summary>
internal static class FaultKinds
{
    public const string OutOfStock = "out-of-stock";
    public const string LateAddress = "late-address";
    public const string StuckNew = "stuck-new";
    public const string SlowDeletion = "slow-deletion";
    public const string FailedDeletion = "failed-deletion";
    public const string NoCertificate = "no-certificate";
    public const string FailedCertificate = "failed-certificate";
    public const string ConnectionCut = "cut";
    public const string WrongToken = "wrong-token";
    public const string MissingScope = "missing-scope";
    public const string ClockSkew = "clock-skew";

    private const string Request = "method and path, as POST /v2/droplets*";
    private const string Name = "the name of the resource";
    private static readonly TimeSpan s_late = TimeSpan.FromMinutes(1);

    /// <summary>Kinds by name; a number is the status of an answer.</summary>
    public static IReadOnlyDictionary<string, FaultKind> All { get; } = new Dictionary<string, FaultKind>(StringComparer.Ordinal)
    {
        [OutOfStock] = new("SIZE@REGION", NeedsWhat: true, null, "a Droplet of that size there is refused"),
        ["422"] = new(Request, NeedsWhat: false, null, "the request is refused"),
        ["429"] = new(Request, NeedsWhat: false, TimeSpan.FromSeconds(1), "too many requests; Retry-After is the duration"),
        ["500"] = new(Request, NeedsWhat: false, null, "an error of the server"),
        ["502"] = new(Request, NeedsWhat: false, null, "an error of the server"),
        ["503"] = new(Request, NeedsWhat: false, null, "an error of the server"),
        ["504"] = new(Request, NeedsWhat: false, null, "an error of the server"),
        [ConnectionCut] = new(Request, NeedsWhat: false, null, "the connection ends; the request had its effect"),
        [WrongToken] = new(Request, NeedsWhat: false, null, "the token is not known"),
        [MissingScope] = new("a scope, as droplet:create", NeedsWhat: false, null, "the token has not the scope"),
        [ClockSkew] = new(Request, NeedsWhat: false, TimeSpan.FromMinutes(10), "the clock in the answer's Date is wrong by that"),
        [LateAddress] = new(Name, NeedsWhat: false, s_late, "a new Droplet or load balancer has no address for that long"),
        [StuckNew] = new(Name, NeedsWhat: false, null, "a new Droplet stays new until the fault is removed"),
        [SlowDeletion] = new(
            Name, NeedsWhat: false, s_late, "the deletion of a Droplet or load balancer is accepted, and takes that much longer"),
        [FailedDeletion] = new(Name, NeedsWhat: false, null, "a deletion is accepted, and the Droplet stays"),
        [NoCertificate] = new(Name, NeedsWhat: false, null, "a certificate stays pending until the fault is removed"),
        [FailedCertificate] = new(Name, NeedsWhat: false, null, "a certificate ends in error"),
    };
}
