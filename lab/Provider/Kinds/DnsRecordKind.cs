using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Domains;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Records of a zone.</summary>
internal sealed class DnsRecordKind : DigitalOceanKind
{
    private static readonly string[] s_types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"];

    public override string Type => Types.DnsRecord;

    protected override string ReadFailure => "";

    public override bool ReplacedBy(string input) => input is "domain" or "type";

    public override void Check(CloudResource? before, CloudResource after)
    {
        var checks = InputChecks.Of(after);
        checks.OneOf("type", s_types);
        checks.AtLeast("ttl", 1);
    }

    public override ProviderRequest Create(CloudResource resource) => new("Failed to create record", "POST", PathOf(resource),
        (change, known) => known with { Id = Domains.CreateRecord(change, known.Inputs.Text("domain"), Request(known)).Key });

    public override ProviderRequest? Update(AccountState state, CloudResource before, CloudResource after, int sent) => sent > 0 ? null
        : ProviderRequest.Of("Failed to update record", "PUT", $"{PathOf(after)}/{after.Id}",
            change => Domains.UpdateRecord(change, after.Inputs.Text("domain"), Number(after), Request(after)));

    public override ProviderRequest Delete(AccountState state, CloudResource resource) => ProviderRequest.Of(
        "Error deleting record", "DELETE", $"{PathOf(resource)}/{resource.Id}",
        change => Domains.DeleteRecord(change, resource.Inputs.Text("domain"), Number(resource)));

    public override CloudResource? Read(AccountState state, CloudResource resource) =>
        resource.Id is { } id && state.Find<DnsRecord>(id) is { } record
            ? resource.With("fqdn", record.FullName).With("ttl", (double)record.Ttl) : null;

    private static string PathOf(CloudResource resource) => $"domains/{resource.Inputs.Text("domain")}/records";

    private static long Number(CloudResource resource) => long.Parse(resource.Id!, CultureInfo.InvariantCulture);

    private static DnsRecordRequest Request(CloudResource resource)
    {
        var inputs = resource.Inputs;
        return new(inputs.TextOrNull("type"), inputs.TextOrNull("name"), inputs.TextOrNull("value"), Given("priority"), Given("port"),
            Given("ttl"), Given("weight"), Given("flags"), inputs.TextOrNull("tag"));

        int? Given(string name) => inputs.ContainsKey(name) ? inputs.Number(name) : null;
    }
}
