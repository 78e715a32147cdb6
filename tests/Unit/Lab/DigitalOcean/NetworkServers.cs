using System.Collections.Immutable;
using System.Globalization;
using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.DigitalOcean.Networks;

namespace Infra.Tests.Unit.Lab.DigitalOcean;

/// <summary>A Droplet as networks see it, without one.</summary>
internal sealed record TestServer(long Id, ImmutableArray<string> Tags, string? VpcId, string Region = "nyc2") : INetworkServer
{
    public string Key => Id.ToString(CultureInfo.InvariantCulture);

    public string Urn => $"do:droplet:{Id}";

    public string TaggedType => "droplet";

    public string Name => $"droplet-{Id}";

    public DateTimeOffset CreatedAt => DateTimeOffset.UnixEpoch;

    public string VpcAddress => $"10.116.0.{Id}";

    public string PublicAddress => $"203.0.113.{Id}";

    public bool IsOnNetwork => true;

    public bool IsUp { get; init; } = true;

    public ITagged WithTags(ImmutableArray<string> tags) => this with { Tags = tags };
}

internal sealed record TestTag(string Name) : ITag
{
    public string Key => Name;
}

internal static class NetworkServers
{
    /// <summary>Adds Droplets with these ids and tags, in a VPC of their own region.</summary>
    public static void Add(this ApiClient api, params (long Id, string[] Tags)[] servers) => api.Account.Change(change =>
    {
        var vpc = Vpcs.DefaultOf(change, "nyc2");
        foreach (var (id, tags) in servers)
        {
            change.Put(new TestServer(id, [.. tags], vpc.Id));
        }
    });
}
