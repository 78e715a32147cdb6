using CsCheck;
using Infra.Planning.Config;

namespace Infra.Tests.Deployments;

/// <summary>Valid settings of every kind, on models that are small enough to be placed anywhere.</summary>
internal static class RandomStacks
{
    private static readonly Gen<string> s_name =
        Gen.Select(Gen.Char['a', 'z'], Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-"], 0, 12],
            (first, rest) => $"{first}{rest}".TrimEnd('-'));

    private static readonly Gen<IReadOnlyList<string>> s_names = Distinct(s_name, 0, 3);

    // Some with limits of their own.
    private static readonly Gen<IReadOnlyList<ClientConfig>> s_clients = Gen.Select(
        s_names, Choice<int?>(null, 1, 60, 1_000_000), Choice<int?>(null, 1, 65_535),
        (names, rate, concurrent) => (IReadOnlyList<ClientConfig>)[.. names.Select((name, index) => index == 0
            ? new ClientConfig { Name = name, RequestsPerMinute = rate, Concurrent = concurrent } : new ClientConfig { Name = name })]);

    private static readonly Gen<IReadOnlyList<string>> s_admins = Distinct(
        Gen.Select(Gen.Int[11, 99], Gen.Int[0, 255], Gen.Int[24, 32],
            (a, b, prefix) => Range((uint)((a << 24) | (b << 16) | (5 << 8) | 77), prefix)), 1, 4);

    private static readonly Gen<IReadOnlyList<string>> s_insiders = Distinct(
        Gen.Select(Gen.Int[0, 255], Gen.Int[16, 32], (b, prefix) => Range((10u << 24) | ((uint)b << 16) | 0x0305, prefix)), 0, 3);

    private static readonly Gen<IReadOnlyList<string>> s_outsiders = Distinct(
        Gen.OneOf(Gen.Select(Gen.Int[0, 255], Gen.Int[24, 32], (b, prefix) =>
            Range((198u << 24) | (51u << 16) | ((uint)b << 8) | 9, prefix)), Gen.Const("0.0.0.0/0")), 1, 3);

    private static readonly Gen<EndpointConfig> s_private = Gen.Select(s_insiders,
        Distinct(s_name.Select(name => $"client:{name}"), 0, 2), (cidrs, tags) =>
        new EndpointConfig { Access = Access.Private, ClientCidrs = cidrs, ClientTags = tags });

    private static readonly Gen<EndpointConfig> s_internal =
        s_insiders.Select(cidrs => new EndpointConfig { Access = Access.Internal, ClientCidrs = cidrs });

    private static readonly Gen<EndpointConfig> s_public = Gen.Select(s_outsiders, s_name, Gen.Bool, (cidrs, name, atZone) =>
        new EndpointConfig
        {
            Access = Access.Public,
            ClientCidrs = cidrs,
            Domain = $"{name}.example.com",
            DnsZone = atZone ? $"{name}.example.com" : null,
        });

    private static readonly Gen<EndpointConfig> s_endpoint = Gen.Select(
        Gen.OneOf(s_private, s_internal, s_public),
        Choice("mistralai/Ministral-3-3B-Instruct-2512", "mistralai/Ministral-3-8B-Instruct-2512",
            "mistralai/Ministral-3-3B-Reasoning-2512"),
        Gen.Int[1, 3],
        s_clients,
        Choice<int?>(null, 50),
        Gen.Bool,
        (endpoint, model, replicas, clients, volume, choice) => endpoint with
        {
            Model = model,
            Replicas = replicas,
            Clients = clients,
            CacheVolumeGiB = volume,
            Vision = choice ? null : false,
            Rollout = choice ? Rollout.Parallel : Rollout.Rolling,
        });

    public static readonly Gen<StackConfig> Configs = Gen.Select(
        Choice("tor1", "nyc2"),
        s_admins,
        Gen.Select(Distinct(s_name, 1, 3), s_endpoint.Array[3]),
        Choice<string?>(null, "10.100.0.0/20", "192.168.4.0/24"),
        Distinct(s_name, 0, 2),
        (region, admins, endpoints, vpc, tags) => new StackConfig
        {
            Region = region,
            AdminCidrs = admins,
            MaxHourlyUsd = 1000,
            VpcCidr = vpc,
            Tags = tags,
            Endpoints = endpoints.Item1.Zip(endpoints.Item2).ToDictionary(pair => pair.First, pair => pair.Second with
            {
                // Each needs a domain of its own.
                Domain = pair.Second.Domain is { } domain ? $"{pair.First}.{domain}" : null,
            }),
        });

    private static Gen<IReadOnlyList<string>> Distinct(Gen<string> item, int least, int most) =>
        item.List[least, most].Select(items => (IReadOnlyList<string>)[.. items.Distinct(StringComparer.OrdinalIgnoreCase)]);

    private static Gen<T> Choice<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string Range(uint address, int prefix)
    {
        var network = prefix == 0 ? 0 : address & (uint.MaxValue << (32 - prefix));
        return $"{network >> 24}.{(network >> 16) & 255}.{(network >> 8) & 255}.{network & 255}/{prefix}";
    }
}
