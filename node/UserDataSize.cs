using System.Globalization;
using Infra.Planning;
using Infra.Planning.Errors;
using Infra.Planning.Plan;

namespace Infra.Node;

/// <summary>
/// Checks the user data size before VPC, firewalls and load balancer are created: it contains lists of addresses and keys.
/// </summary>
public static class UserDataSize
{
    private const string LongestRange = "192.168.255.0/24";

    // Larger than any key of its type.
    private const int PrivateKeyLength = 700;
    private const int PublicKeyLength = 300;

    /// <summary>Returns the plan if DigitalOcean accepts the user data of its Droplets.</summary>
    /// <exception cref="ConfigurationException">It does not; nothing was declared.</exception>
    public static StackPlan Check(StackPlan plan)
    {
        var config = plan.Config;
        var errors = new List<UserError>();
        foreach (var endpoint in plan.Endpoints)
        {
            var bytes = CloudConfig.SizeOf(CloudConfig.Render(new()
            {
                Hostname = new string('h', Names.LongestHostname),
                NodeEnvironment = NodeEnvironment.Render(endpoint, LongestRange, new string('v', Names.LongestVolumeName)),
                OpsSshPublicKeys = [new string('k', PublicKeyLength), .. config.AdminSshKeys],
                BootstrapHostKeyPrivate = new string('k', PrivateKeyLength),
                BootstrapHostKeyPublic = new string('k', PublicKeyLength),
            }));
            if (bytes <= CloudConfig.MaximumBytes)
            {
                continue;
            }
            var clients = ConfigPath.Member(ConfigPath.Member("endpoints", endpoint.Name), "clientCidrs");
            var (key, entries) = new[]
                {
                    ("adminSshKeys", config.AdminSshKeys), ("adminCidrs", config.AdminCidrs), (clients, endpoint.Ports.Nodes.Cidrs),
                }
                .MaxBy(list => list.Item2.Sum(entry => entry.Length + 1));
            var shown = string.Create(CultureInfo.InvariantCulture, $"{entries.Count} entries");
            var problem = string.Create(CultureInfo.InvariantCulture,
                $"make the user data of {endpoint.Name} {bytes} bytes, above DigitalOcean's {CloudConfig.MaximumBytes}: shorten the list");
            errors.Add(new(key, shown, problem, "merge adjacent ranges, or remove some, in the file of the stack"));
        }
        return errors.Count > 0 ? throw new ConfigurationException(errors.Distinct()) : plan; // two endpoints may have the same error
    }
}
