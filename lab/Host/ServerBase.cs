using System.Text.Json.Serialization;

namespace Infra.Lab.Host;

/// <summary>A release for servers: a row of <c>image/bases.json</c>.</summary>
internal sealed record ServerBase
{
    /// <summary>The default release.</summary>
    public const string Default = "debian-13";

    public required string Name { get; init; }

    public required string Suite { get; init; }

    /// <summary>Package archive on this machine.</summary>
    public required string Archive { get; init; }

    /// <summary>Archive of security updates; null: part of the archive.</summary>
    public required string? Security { get; init; }

    public required IReadOnlyList<string> Components { get; init; }

    /// <summary>Archive keys, on this machine and on a server.</summary>
    public required string Keyring { get; init; }

    /// <summary>
    /// Path in the archive of the package with the keys, for machines without them; null: the keys are in lab/packages.txt.
    /// </summary>
    public required string? KeyringPackage { get; init; }

    /// <summary>Trusted keys of that package.</summary>
    public required IReadOnlyList<string> KeyFingerprints { get; init; }

    public required SourcesForm Sources { get; init; }

    /// <summary>The archive in the servers' configuration.</summary>
    public required string Mirror { get; init; }

    public required string SecurityMirror { get; init; }

    public required string Note { get; init; }

    public required string Source { get; init; }

    public required DateOnly SourceDate { get; init; }

    /// <summary>Source of the archive: an environment variable may set a mirror.</summary>
    [JsonIgnore]
    public string ArchiveHere => Environment.GetEnvironmentVariable(ArchiveVariable) is { Length: > 0 } named ? named : Archive;

    /// <summary>That environment variable: <c>INFRA_LAB_DEBIAN</c>, <c>INFRA_LAB_UBUNTU</c>.</summary>
    [JsonIgnore]
    public string ArchiveVariable => $"INFRA_LAB_{Name[..Name.IndexOf('-', StringComparison.Ordinal)].ToUpperInvariant()}";

    /// <summary>All releases.</summary>
    public static IReadOnlyList<ServerBase> All => Loaded.Value;

    /// <summary>The release of that name, or null.</summary>
    public static ServerBase? Find(string name) => All.FirstOrDefault(known => known.Name == name);

    private static readonly Lazy<IReadOnlyList<ServerBase>> Loaded = new(() =>
        LabFacts.Parse<ServerBases>(File.ReadAllText(Path.Combine(LabFacts.ImageFolder, "bases.json")), "bases.json").Bases);

    /// <summary>Environment of <c>scripts/prepare-base</c>.</summary>
    public IEnumerable<string> Environ() =>
    [
        $"BASE_NAME={Name}", $"BASE_SUITE={Suite}", $"BASE_ARCHIVE={ArchiveHere}", $"BASE_SECURITY={Security}",
        $"BASE_COMPONENTS={string.Join(' ', Components)}", $"BASE_KEYRING={Keyring}",
        $"BASE_KEYRING_PACKAGE={KeyringPackage}", $"BASE_FINGERPRINTS={string.Join(' ', KeyFingerprints)}",
        $"BASE_SOURCES={(Sources == SourcesForm.OneLine ? "one-line" : "deb822")}", $"BASE_MIRROR={Mirror}",
        $"BASE_SECURITY_MIRROR={SecurityMirror}",
    ];
}

/// <summary>Format of apt's sources.</summary>
internal enum SourcesForm
{
    /// <summary><c>/etc/apt/sources.list</c>, up to Ubuntu 22.04.</summary>
    OneLine,

    /// <summary><c>/etc/apt/sources.list.d/DISTRIBUTION.sources</c>, from Ubuntu 24.04 on.</summary>
    [JsonStringEnumMemberName("deb822")]
    Deb822,
}

internal sealed record ServerBases(IReadOnlyList<ServerBase> Bases);
