using System.Globalization;
using System.Net;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Provider.Kinds;

/// <summary>Records of a zone. All zones exist; the user of the local cloud reads the records from its state.</summary>
internal sealed class DnsRecords(CloudContext cloud) : DigitalOceanKind
{
    private static readonly string[] s_types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT", "SRV", "SOA"];

    // The API returns 422 below it, though the provider accepts 1 (digitalocean/openapi, domain_record: ttl).
    private const int ShortestTtl = 30;
    private const int DefaultTtl = 1800;

    // The name is not unique: several records may share it.
    protected override bool IsNamed => false;

    public override string Type => Types.DnsRecord;

    public override bool ReplacedBy(string input) => input is "domain" or "type";

    /// <summary>Host name of a record: <c>llm.example.com</c>.</summary>
    public static string HostName(CloudResource record) =>
        record.Inputs.TextOrNull("name") is { } name and not "@" ? $"{name}.{record.Inputs.Text("domain")}" : record.Inputs.Text("domain");

    public override void Check(CloudResource? before, CloudResource after)
    {
        var inputs = after.Inputs;
        if (!s_types.Contains(inputs.Text("type"), StringComparer.Ordinal))
        {
            throw new ProviderException(
                $"expected type to be one of [{string.Join(' ', s_types.Select(type => $"\"{type}\""))}], got {inputs.Text("type")}");
        }
        if (inputs.ContainsKey("ttl") && inputs.Number("ttl") < 1)
        {
            throw new ProviderException(
                string.Create(CultureInfo.InvariantCulture, $"expected ttl to be at least (1), got {inputs.Number("ttl")}"));
        }
        if (inputs.ContainsKey("ttl") && inputs.Number("ttl") < ShortestTtl)
        {
            throw Refused(before, after, $"TTL must be greater than or equal to {ShortestTtl}.");
        }
        if (inputs.Text("type") == "A" && !(IPAddress.TryParse(inputs.Text("value"), out var address)
            && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork))
        {
            throw Refused(before, after, "Data needs to be an IPv4 address.");
        }
    }

    public override CloudResource Reserve(CloudResource resource) => resource with
    {
        Id = cloud.State.NextOrder().ToString(CultureInfo.InvariantCulture),
    };

    public override Task<CloudResource> CreateAsync(CloudResource resource) => Task.FromResult(Known(resource));

    public override Task<CloudResource> UpdateAsync(CloudResource before, CloudResource after) => Task.FromResult(Known(after));

    private static CloudResource Known(CloudResource record) =>
        record.With("fqdn", HostName(record)).With("ttl", (double)record.Inputs.Number("ttl", DefaultTtl));

    private static ProviderException Refused(CloudResource? before, CloudResource after, string words) => before is null
        ? ProviderException.Refused("Failed to create record", "POST", $"domains/{after.Inputs.Text("domain")}/records", 422, words)
        : ProviderException.Refused(
            "Failed to update record", "PUT", $"domains/{after.Inputs.Text("domain")}/records/{after.Id}", 422, words);
}
