using Infra.Lab.Host;
using Infra.Lab.Stacks;

namespace Infra.Tests.Lab;

/// <summary>
/// Servers whose images are as unkind as those of the cloud may be, and which serve all the same. Each has several faults of a kind, since
/// a server that bears all of them bears each; what would hide the others has a server of its own.
/// </summary>
public sealed class UnkindImages : IAsyncLifetime
{
    /// <summary>Package sources of others that fail in every way in which one alone can fail.</summary>
    public const string Sources = "sources";

    /// <summary>
    /// Files because of which apt reads no source at all, a package that is never finished, and locks that someone else holds.
    /// </summary>
    public const string Apt = "apt";

    /// <summary>
    /// Docker, a second firewall that is on, a setting and a preference that keep apt from its work, and a toolkit that knows no feature
    /// flags.
    /// </summary>
    public const string Neighbours = "neighbours";

    /// <summary>The other vendor on the newer release.</summary>
    public const string Amd = "amd";

    private static readonly Dictionary<string, ImageVariant> Variants = new(StringComparer.Ordinal)
    {
        [Sources] = new(With: ["source-no-pubkey", "source-unsigned", "source-404", "source-hanging", "source-unknown-host"]),
        [Apt] = new("debian-12",
            With: ["source-malformed", "source-malformed-deb822", "source-conflicting", "package-half-configured", "apt-lock"]),
        [Neighbours] = new("debian-12", With: ["docker", "ufw-enabled", "apt-conf-broken", "packages-pinned", "nvidia-toolkit-1.17.8"],
            Without: ["nvidia-toolkit-1.19.1"]),
        [Amd] = ImageVariant.None,
    };

    internal RunningStack Stack { get; } = RunningStack.Prepare("unkind", SurvivesStage.ConfigValues(
        [.. Variants.Keys.Select(name => (name, SurvivesStage.Endpoint(size: name == Amd ? "gpu-mi325x1-256gb" : SurvivesStage.Size)))]));

    internal UpResult Result { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Stack.Options = Stack.Options with
        {
            Extras = new ServerExtras
            {
                Image = name =>
                    Variants.FirstOrDefault(variant => SurvivesStage.Hostname(Stack, variant.Key) == name).Value ?? ImageVariant.None,
            },
        };
        Result = await Stack.UpAgainAsync();
    }

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
