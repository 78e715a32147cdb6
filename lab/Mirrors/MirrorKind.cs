namespace Infra.Lab.Mirrors;

/// <summary>A group of sites with its own bandwidth and faults.</summary>
internal enum MirrorKind
{
    /// <summary>Hugging Face with its storage.</summary>
    Hub,

    /// <summary>Docker Hub with its token server and storage.</summary>
    Registry,

    /// <summary>The Python index and its files.</summary>
    Python,

    /// <summary>Package archives: of the distributions and of vendors.</summary>
    Apt,

    /// <summary>DigitalOcean's metadata address. Without faults: nothing boots without it.</summary>
    Metadata,
}
