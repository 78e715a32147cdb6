using System.Text.Json.Serialization;

namespace Infra.Lab.Machines;

/// <summary>A release that servers boot from: a row of <c>image/bases.json</c>.</summary>
internal sealed record ServerBase
{
    /// <summary>What servers boot from where nobody says otherwise.</summary>
    public const string Default = "debian-13";

    public required string Name { get; init; }

    public required string Suite { get; init; }

    /// <summary>Where its packages come from on this machine.</summary>
    public required string Archive { get; init; }

    /// <summary>The same for security updates; null: those of the archive are enough.</summary>
    public required string? Security { get; init; }

    public required IReadOnlyList<string> Components { get; init; }

    /// <summary>Keys of the archive, on this machine and on a server.</summary>
    public required string Keyring { get; init; }

    /// <summary>
    /// Path in the archive of the package that has the keys, for machines that lack them; null: the keys come with lab/packages.txt.
    /// </summary>
    public required string? KeyringPackage { get; init; }

    /// <summary>The keys of that package that are believed.</summary>
    public required IReadOnlyList<string> KeyFingerprints { get; init; }

    public required SourcesForm Sources { get; init; }

    /// <summary>What servers have as their archive.</summary>
    public required string Mirror { get; init; }

    public required string SecurityMirror { get; init; }

    public required string Note { get; init; }

    public required string Source { get; init; }

    public required DateOnly SourceDate { get; init; }

    /// <summary>Where the archive is taken from: an environment variable may name a mirror of it.</summary>
    [JsonIgnore]
    public string ArchiveHere => Environment.GetEnvironmentVariable(ArchiveVariable) is { Length: > 0 } named ? named : Archive;

    /// <summary>That variable, of the distribution: <c>INFRA_LAB_DEBIAN</c>, <c>INFRA_LAB_UBUNTU</c>.</summary>
    [JsonIgnore]
    public string ArchiveVariable => $"INFRA_LAB_{Name[..Name.IndexOf('-', StringComparison.Ordinal)].ToUpperInvariant()}";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ServerBase> All => Loaded.Value;

    /// <summary>The one of that name, or null.</summary>
    public static ServerBase? Find(string name) => All.FirstOrDefault(known => known.Name == name);

    private static readonly Lazy<IReadOnlyList<ServerBase>> Loaded = new(() =>
        LabFacts.Parse<ServerBases>(File.ReadAllText(Path.Combine(LabFacts.ImageFolder, "bases.json")), "bases.json").Bases);

    /// <summary>Environment of <c>scripts/prepare-base</c>.</summary>
    public IEnumerable<string> Environ() =>
    [
        $"BASE_NAME={Name}", $"BASE_SUITE={Suite}", $"BASE_ARCHIVE={ArchiveHere}", $"BASE_SECURITY={Security}", $"BASE_COMPONENTS={string.Join(' ', Components)}", $"BASE_KEYRING={Keyring}",
        $"BASE_KEYRING_PACKAGE={KeyringPackage}", $"BASE_FINGERPRINTS={string.Join(' ', KeyFingerprints)}",
        $"BASE_SOURCES={(Sources == SourcesForm.OneLine ? "one-line" : "deb822")}", $"BASE_MIRROR={Mirror}", $"BASE_SECURITY_MIRROR={SecurityMirror}",
    ];
}

/// <summary>How apt's sources are written down.</summary>
internal enum SourcesForm
{
    /// <summary><c>/etc/apt/sources.list</c>, as up to Ubuntu 22.04.</summary>
    OneLine,

    /// <summary><c>/etc/apt/sources.list.d/DISTRIBUTION.sources</c>, as from Ubuntu 24.04 on.</summary>
    [JsonStringEnumMemberName("deb822")]
    Deb822,
}

internal sealed record ServerBases(IReadOnlyList<ServerBase> Bases);
