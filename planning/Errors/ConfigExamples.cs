using System.Text.RegularExpressions;

namespace Infra.Planning.Errors;

/// <summary>Example values of settings for the command in a message: valid, and no real address.</summary>
internal static partial class ConfigExamples
{
    // Another model needs another value, and the default is right for each.
    private static readonly HashSet<string> s_betterLeftOut = ["revision", "size", "image", "version", "catalog"];

    // Addresses of RFC 5737 and RFC 3849, names of RFC 2606: reserved for documentation.
    private static readonly Dictionary<string, string> s_byName = new(StringComparer.Ordinal)
    {
        ["region"] = "tor1",
        ["adminCidrs"] = "\"$(curl -4s https://checkip.amazonaws.com)/32\"", // the public address of this machine
        ["adminSshKeys"] = "\"$(cat ~/.ssh/id_ed25519.pub)\"",
        ["endpoints"] = "mistralai/Ministral-3-3B-Instruct-2512",
        ["maxHourlyUsd"] = "5",
        ["vpcCidr"] = "10.100.0.0/20",
        ["catalog"] = "my-catalog.json",
        ["tags"] = "team-ai",
        ["model"] = "mistralai/Ministral-3-3B-Instruct-2512",
        ["servedModelName"] = "chat",
        ["contextLength"] = "8192",
        ["concurrency"] = "4",
        ["size"] = "gpu-4000adax1-20gb",
        ["availability"] = "onDemand",
        ["image"] = "gpu-h100x1-base",
        ["replicas"] = "1",
        ["access"] = "private",
        ["domain"] = "llm.example.com",
        ["dnsZone"] = "example.com",
        ["clientCidrs"] = "198.51.100.0/24",
        ["clientTags"] = "web",
        ["clients"] = "alice",
        ["name"] = "alice",
        ["requestsPerMinute"] = "600",
        ["concurrent"] = "8",
        ["corsOrigins"] = "https://app.example.com",
        ["vision"] = "true",
        ["imagesPerPrompt"] = "4",
        ["tensorParallel"] = "1",
        ["dataParallel"] = "1",
        ["gpuMemoryUtilization"] = "0.9",
        ["maxNumBatchedTokens"] = "8192",
        ["maxNumSeqs"] = "64",
        ["kvCacheDtype"] = "auto",
        ["toolStrictLevel"] = "auto",
        ["cacheVolumeGiB"] = "100",
        ["readyTimeoutMinutes"] = "60",
        ["rollout"] = "parallel",
        ["install"] = "container",
        ["ignoreAvailability"] = "false",
    };

    /// <summary>Example value of the setting with this name.</summary>
    public static string Of(string name) => s_byName.GetValueOrDefault(name, "<value>");

    /// <summary>Example value of the setting, or of an element of it, at this path, or of the flag with this name.</summary>
    public static string At(string path) => Of(LastName().Match(path).Groups["name"].Value.TrimStart('-'));

    /// <summary>A value like the one that a shell makes of a command substitution for the setting at this path.</summary>
    public static string Sample(string path) => LastName().Match(path).Groups["name"].Value switch
    {
        "adminCidrs" => "9.9.9.9/32",
        "adminSshKeys" => $"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{new string('A', 43)}",
        "revision" => new string('0', 40),
        _ => At(path),
    };

    /// <summary>The commands that fix the setting at this path: a valid value, or no value if the default is always right.</summary>
    public static ConfigFix Fix(string path) =>
        s_betterLeftOut.Contains(LastName().Match(path).Groups["name"].Value) ? ConfigFix.Remove(path) : ConfigFix.Example(path);

    [GeneratedRegex(@"(?<name>[A-Za-z0-9_-]+)(\[[^\]]*\])*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex LastName();
}
