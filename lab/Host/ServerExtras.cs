namespace Infra.Lab.Host;

/// <summary>Server properties that no cloud provides, for tests of the node files. By Droplet name.</summary>
internal sealed record ServerExtras
{
    public static readonly ServerExtras None = new();

    /// <summary>Hardware instead of the planned one. Applies from the next start on, also to existing servers.</summary>
    public Func<string, MachineDescription, MachineDescription> Machine { get; init; } = static (_, planned) => planned;

    /// <summary>Files of the root for the first boot, by path without the leading slash.</summary>
    public Func<string, IReadOnlyDictionary<string, byte[]>> Files { get; init; } = static _ => NoFiles;

    /// <summary>Image differences of new servers.</summary>
    public Func<string, ImageVariant> Image { get; init; } = static _ => ImageVariant.None;

    private static readonly Dictionary<string, byte[]> NoFiles = new(StringComparer.Ordinal);
}
