using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Planning.Config;

/// <summary>
/// The setting that an unknown name was meant to be: by the names that vLLM, Helm charts, Terraform and clouds have for it, else by its
/// letters.
/// </summary>
internal static class OtherNames
{
    private static readonly Dictionary<Type, Dictionary<string, string>> s_meant = new()
    {
        [typeof(StackConfig)] = Table(
            ("region", "location datacenter"),
            ("adminCidrs", "allowedsshcidrs sshcidrs adminips sshallowedips"),
            ("adminSshKeys", "sshkeys sshkey sshpublickeys publickeys authorizedkeys"),
            ("endpoints", "models services deployments"),
            ("maxHourlyUsd", "budget hourlybudget maxprice pricelimit maxhourlyprice maxcost maxhourlycost costlimit spendlimit "
                + "maxpriceperhour"),
            ("vpcCidr", "networkcidr cidr iprange"),
            ("tags", "labels"),
            (ConfigNames.HuggingFaceToken, "hftoken huggingfacehubtoken")),
        [typeof(EndpointConfig)] = Table(
            ("model", "modelid modelname repository repo"),
            ("revision", "commit sha"),
            ("servedModelName", "alias"),
            ("contextLength", "maxmodellen contextwindow maxcontext maxcontextlength maxseqlen numctx ctx"),
            ("size", "instancetype machinetype vmsize nodetype gputype gpu accelerator accelerators dropletsize hardware sku flavor"),
            ("replicas", "replicacount count instances nodes nodecount numreplicas desiredreplicas"),
            ("rollout", "strategy updatestrategy deploymentstrategy"),
            ("access", "visibility exposure"),
            ("domain", "hostname host fqdn dnsname"),
            ("clientCidrs", "allowedips allowlist whitelist allowedcidrs sourceranges loadbalancersourceranges allowedsources ipwhitelist "
                + "ipallowlist allowfrom"),
            ("clients", "users consumers callers"),
            ("tensorParallel", "tp"),
            ("dataParallel", "dp")),
        [typeof(ClientConfig)] = Table(
            ("requestsPerMinute", "rpm ratelimit"),
            ("concurrent", "concurrency maxconcurrency maxparallelrequests")),
        [typeof(EngineConfig)] = Table(("version", "tag vllmversion"), ("install", "method")),
    };

    /// <summary>Near to the name of a setting by letters, and another thing: tags of callers open the endpoint to them.</summary>
    private static readonly HashSet<string> s_nothing = ["tags", "labels", "dtype", "quantization"];

    /// <summary>What may be before a choice in the name of a switch: <c>use_spot</c>.</summary>
    private static readonly string[] s_verbs = ["", "use", "is", "enable"];

    /// <summary>Settings, best first; empty if none is near.</summary>
    /// <param name="name">The unknown name.</param>
    /// <param name="record">The record with the settings.</param>
    /// <param name="known">Their names.</param>
    public static IReadOnlyList<string> Near(string name, RecordShape record, IEnumerable<string> known)
    {
        return InTable(name, record) is { } meant ? [meant]
            : record.Type == typeof(EndpointConfig) && (s_nothing.Contains(Letters(name)) || IsOfStack(name)) ? []
            : NearMiss.Of(name, known);
    }

    /// <summary>The setting with this name in another tool, or in another case; null: none.</summary>
    public static string? Certain(string name, RecordShape record) =>
        InTable(name, record) ?? record.Names.FirstOrDefault(setting => Letters(setting) == Letters(name));

    /// <summary>Whether it is a setting of the stack and not of an endpoint.</summary>
    public static bool IsOfStack(string name) =>
        (name == ConfigNames.HuggingFaceToken || RecordShape.Of(typeof(StackConfig)).Member(name) is not null)
        && RecordShape.Of(typeof(EndpointConfig)).Member(name) is null;

    private static string? InTable(string name, RecordShape record) =>
        s_meant.GetValueOrDefault(record.Type)?.GetValueOrDefault(Letters(name)) ?? BehindNamespace(name, record);

    /// <summary>The setting behind the namespace and another character than a colon: <c>inference.region</c>.</summary>
    private static string? BehindNamespace(string name, RecordShape record) =>
        record.Type == typeof(StackConfig) && name.StartsWith(ConfigNames.Namespace, StringComparison.OrdinalIgnoreCase)
            ? record.Names.FirstOrDefault(setting => Letters(setting) == Letters(name[ConfigNames.Namespace.Length..]))
            : null;

    /// <summary>
    /// The setting that has the name's word as one of its choices, and only it: <c>access</c> for <c>public: true</c>.
    /// </summary>
    /// <returns>The setting, the word, and whether it is an element of a list; null: the name is no such word.</returns>
    public static (string Setting, string Word, bool InList)? Choice(string name, RecordShape record)
    {
        var letters = Letters(name);
        var found = record.Members
            .Select(member => (member.Name, InList: member.Shape.Kind == ValueKind.List, (member.Shape.Element ?? member.Shape).Words))
            .SelectMany(member => (member.Words ?? []).Where(word => s_verbs.Any(verb => letters == verb + Letters(word)))
                .Select(word => (member.Name, word, member.InList)))
            .ToList();
        return found is [var only] ? only : null;
    }

    private static Dictionary<string, string> Table(params (string Setting, string Others)[] rows) => rows
        .SelectMany(row => row.Others.Split(' ').Select(other => KeyValuePair.Create(other, row.Setting)))
        .ToDictionary(StringComparer.Ordinal);

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
