namespace Infra.Lab.Machines;

/// <summary>What servers have that no cloud gives them, so that tests see how the node files bear it. By name of the Droplet.</summary>
internal sealed record ServerExtras
{
    public static readonly ServerExtras None = new();

    /// <summary>The hardware in place of what was planned. It holds from the next bring-up on, for servers that are there as well.</summary>
    public Func<string, MachineDescription, MachineDescription> Machine { get; init; } = static (_, planned) => planned;

    /// <summary>Files of the root in which a server boots for the first time, by path without the first slash.</summary>
    public Func<string, IReadOnlyDictionary<string, byte[]>> Files { get; init; } = static _ => NoFiles;

    /// <summary>In what the image of a server that is made from now on differs from its slug's.</summary>
    public Func<string, ImageVariant> Image { get; init; } = static _ => ImageVariant.None;

    private static readonly Dictionary<string, byte[]> NoFiles = new(StringComparer.Ordinal);
}
