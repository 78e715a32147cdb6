namespace Infra.Lab.Mirrors;

/// <summary>What has a bandwidth and faults of its own.</summary>
internal enum MirrorKind
{
    /// <summary>Hugging Face with its storage.</summary>
    Hub,

    /// <summary>Docker Hub with its token server and storage.</summary>
    Registry,

    /// <summary>The Python index and its files.</summary>
    Python,

    /// <summary>Archives of packages: those of the distributions and of others.</summary>
    Apt,

    /// <summary>DigitalOcean's metadata address. It has no faults: a cloud without it boots nothing.</summary>
    Metadata,
}
