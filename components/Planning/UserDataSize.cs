using System.Globalization;
using Infra.Components.Node;
using Infra.Components.Settings;

namespace Infra.Components.Planning;

/// <summary>
/// User data that DigitalOcean would refuse after VPC, firewalls and load balancer exist: lists of addresses and keys travel in it.
/// </summary>
internal static class UserDataSize
{
    private const string LongestRange = "192.168.255.0/24";

    // Larger than any key of its kind.
    private const int PrivateKeyLength = 700;
    private const int PublicKeyLength = 300;

    public static void Check(InferenceSettings settings, IReadOnlyList<EndpointPlan> endpoints, List<ConfigurationMistake> mistakes)
    {
        foreach (var endpoint in endpoints)
        {
            var bytes = CloudConfig.SizeOf(CloudConfig.Render(new()
            {
                Hostname = new string('h', Names.LongestHostname),
                NodeEnvironment = NodeEnvironment.Render(endpoint, LongestRange, new string('v', Names.LongestVolumeName)),
                OpsSshPublicKeys = [new string('k', PublicKeyLength), .. settings.AdminSshKeys],
                OneUseHostKeyPrivate = new string('k', PrivateKeyLength),
                OneUseHostKeyPublic = new string('k', PublicKeyLength),
            }));
            if (bytes <= CloudConfig.MaximumBytes)
            {
                continue;
            }
            var clients = SettingPath.Member(SettingPath.Member("endpoints", endpoint.Name), "clientCidrs");
            var (key, entries) = new[]
                {
                    ("adminSshKeys", settings.AdminSshKeys), ("adminCidrs", settings.AdminCidrs), (clients, endpoint.Ports.Nodes.Cidrs),
                }
                .MaxBy(list => list.Item2.Sum(entry => entry.Length + 1));
            mistakes.Add(new(key, string.Create(CultureInfo.InvariantCulture, $"{entries.Count} entries"),
                string.Create(CultureInfo.InvariantCulture,
                    $"make user data of {bytes} bytes for {endpoint.Name}; DigitalOcean takes {CloudConfig.MaximumBytes}: shorten the list"),
                $"pulumi config rm --path {SettingPath.Quoted(SettingPath.Element(key, Math.Max(entries.Count - 1, 0)))}"));
        }
    }
}
