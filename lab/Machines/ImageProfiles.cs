namespace Infra.Lab.Machines;

/// <summary>How sure it is that the image has it so.</summary>
internal enum Knowledge
{
    /// <summary>Read in the source that runs there, or in the maker's documentation.</summary>
    Read,

    /// <summary>Seen on a Droplet.</summary>
    Seen,

    /// <summary>Likely, and not seen.</summary>
    Guessed,

    /// <summary>Made for tests: no image has it as far as is known, or for one of its versions only.</summary>
    Made,
}

/// <summary>Something that an image has: files of <c>image/parts/NAME</c>, and what is not a file.</summary>
internal sealed record ImagePart
{
    public required string Name { get; init; }

    public required string What { get; init; }

    public required Knowledge Known { get; init; }

    /// <summary>Units that are enabled, as links below <c>/etc/systemd/system</c>.</summary>
    public IReadOnlyList<string> Enables { get; init; } = [];

    /// <summary>System accounts, without a shell.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Keyrings of package sources by path: <c>current</c> has the key that signs them, <c>former</c> another.</summary>
    public IReadOnlyDictionary<string, string> Keyrings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A paragraph of dpkg's state.</summary>
    public string? Dpkg { get; init; }

    /// <summary>What it listens on, as <c>ss</c> says: <c>tcp *:9400</c>.</summary>
    public IReadOnlyList<string> Listens { get; init; } = [];

    public required string Source { get; init; }

    public required DateOnly SourceDate { get; init; }
}

/// <summary>What an image of DigitalOcean's has on top of its release.</summary>
internal sealed record ImageProfile
{
    public required string Slug { get; init; }

    public required string Vendor { get; init; }

    /// <summary>Names of parts; later ones win.</summary>
    public required IReadOnlyList<string> Parts { get; init; }

    public required string Note { get; init; }

    public required string Source { get; init; }

    public required DateOnly SourceDate { get; init; }
}

/// <summary>The facts of <c>image/profiles.json</c>.</summary>
internal sealed record ImageProfiles(IReadOnlyList<ImagePart> Parts, IReadOnlyList<ImageProfile> Profiles)
{
    public static ImageProfiles All => Loaded.Value;

    private static readonly Lazy<ImageProfiles> Loaded = new(() => Parse(File.ReadAllText(Path.Combine(LabFacts.ImageFolder, "profiles.json"))));

    /// <exception cref="InvalidDataException">The text is not such a file, or a profile names a part that there is not.</exception>
    public static ImageProfiles Parse(string json)
    {
        var all = LabFacts.Parse<ImageProfiles>(json, "profiles.json");
        foreach (var profile in all.Profiles)
        {
            foreach (var name in profile.Parts)
            {
                _ = all.Part(name);
            }
        }

        return all;
    }

    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    public ImagePart Part(string name) => Parts.FirstOrDefault(part => part.Name == name)
        ?? throw new InvalidDataException($"profiles.json has no part '{name}'; there are {string.Join(", ", Parts.Select(part => part.Name))}.");

    /// <summary>
    /// The profile of a slug. Other images, as a team's own snapshot, are taken for ones that were made from the vendor's.
    /// </summary>
    public ImageProfile Of(string slug, string vendor) =>
        Profiles.FirstOrDefault(profile => profile.Slug == slug && profile.Vendor == vendor) ?? Profiles.First(profile => profile.Vendor == vendor);
}

/// <summary>In what the image of a server differs from what its slug says.</summary>
/// <param name="Base">Release; null: that of the bring-up.</param>
/// <param name="With">Parts that it has on top.</param>
/// <param name="Without">Parts that it lacks.</param>
internal sealed record ImageVariant(string? Base = null, IReadOnlyList<string>? With = null, IReadOnlyList<string>? Without = null)
{
    public static readonly ImageVariant None = new();

    public IReadOnlyList<ImagePart> PartsOf(ImageProfile profile) =>
        [.. profile.Parts.Except(Without ?? [], StringComparer.Ordinal).Concat(With ?? []).Select(ImageProfiles.All.Part)];
}
