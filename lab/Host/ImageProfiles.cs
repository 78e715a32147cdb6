namespace Infra.Lab.Host;

/// <summary>Evidence that the image has it.</summary>
internal enum Knowledge
{
    /// <summary>Read in the source that runs there, or in the vendor's documentation.</summary>
    Read,

    /// <summary>Seen on a Droplet.</summary>
    Seen,

    /// <summary>Likely, but not seen.</summary>
    Guessed,

    /// <summary>For tests: no known image has it, or only some version of it.</summary>
    Made,
}

/// <summary>A property of an image: files of <c>image/parts/NAME</c>, and other changes.</summary>
internal sealed record ImagePart
{
    public required string Name { get; init; }

    public required string What { get; init; }

    public required Knowledge Known { get; init; }

    /// <summary>Enabled units, as links below <c>/etc/systemd/system</c>.</summary>
    public IReadOnlyList<string> Enables { get; init; } = [];

    /// <summary>System accounts, without a shell.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Keyrings of package sources by path: <c>current</c> has the signing key, <c>former</c> another one.</summary>
    public IReadOnlyDictionary<string, string> Keyrings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A paragraph of dpkg's state.</summary>
    public string? Dpkg { get; init; }

    /// <summary>Its listening socket, as <c>ss</c> prints it: <c>tcp *:9400</c>.</summary>
    public IReadOnlyList<string> Listens { get; init; } = [];

    public required string Source { get; init; }

    public required DateOnly SourceDate { get; init; }
}

/// <summary>The additions of a DigitalOcean image to its release.</summary>
internal sealed record ImageProfile
{
    public required string Slug { get; init; }

    public required string Vendor { get; init; }

    /// <summary>Names of parts; later ones override.</summary>
    public required IReadOnlyList<string> Parts { get; init; }

    public required string Note { get; init; }

    public required string Source { get; init; }

    public required DateOnly SourceDate { get; init; }
}

/// <summary>The contents of <c>image/profiles.json</c>.</summary>
internal sealed record ImageProfiles(IReadOnlyList<ImagePart> Parts, IReadOnlyList<ImageProfile> Profiles)
{
    public static ImageProfiles All => Loaded.Value;

    private static readonly Lazy<ImageProfiles> Loaded =
        new(() => Parse(File.ReadAllText(Path.Combine(LabFacts.ImageFolder, "profiles.json"))));

    /// <exception cref="InvalidDataException">The text is invalid, or a profile references a missing part.</exception>
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

    /// <exception cref="InvalidDataException">There is no part of that name.</exception>
    public ImagePart Part(string name) => Parts.FirstOrDefault(part => part.Name == name)
        ?? throw new InvalidDataException(
            $"profiles.json has no part '{name}'; there are {string.Join(", ", Parts.Select(part => part.Name))}.");

    /// <summary>
    /// The profile of a slug. A plain image has no driver, whatever the machine. Other images, such as a team's snapshot, are treated as
    /// derived from the vendor's image.
    /// </summary>
    public ImageProfile Of(string slug, string vendor) =>
        Profiles.FirstOrDefault(profile =>
            profile.Slug == slug && (profile.Vendor == vendor || profile.Vendor == MachineDescription.NoVendor))
            ?? Profiles.First(profile => profile.Vendor == vendor);
}

/// <summary>Differences between a server's image and its slug.</summary>
/// <param name="Base">Release; null: the one that the lab was started with.</param>
/// <param name="With">Additional parts.</param>
/// <param name="Without">Missing parts.</param>
internal sealed record ImageVariant(string? Base = null, IReadOnlyList<string>? With = null, IReadOnlyList<string>? Without = null)
{
    public static readonly ImageVariant None = new();

    public IReadOnlyList<ImagePart> PartsOf(ImageProfile profile) =>
        [.. profile.Parts.Except(Without ?? [], StringComparer.Ordinal).Concat(With ?? []).Select(ImageProfiles.All.Part)];
}
