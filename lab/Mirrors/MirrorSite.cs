namespace Infra.Lab.Mirrors;

/// <summary>A mirrored host.</summary>
internal enum MirrorSite
{
    /// <summary><c>huggingface.co</c>: listings and small files.</summary>
    Hub,

    /// <summary><c>cas-bridge.xethub.hf.co</c>: large files, with signed addresses.</summary>
    HubStorage,

    /// <summary><c>registry-1.docker.io</c>: manifests.</summary>
    Registry,

    /// <summary><c>auth.docker.io</c>: anonymous tokens.</summary>
    RegistryTokens,

    /// <summary><c>production.cloudflare.docker.com</c>: blobs, with signed addresses.</summary>
    RegistryStorage,

    /// <summary><c>pypi.org</c>: the simple index.</summary>
    PythonIndex,

    /// <summary><c>files.pythonhosted.org</c>: wheels.</summary>
    PythonFiles,

    /// <summary>Archives of Debian and Ubuntu, and DigitalOcean's mirrors of them: static files.</summary>
    Apt,

    /// <summary>Package archives of vendors, from the sources of an image.</summary>
    ThirdPartyApt,

    /// <summary><c>169.254.169.254</c>: metadata of a server.</summary>
    Metadata,
}

/// <summary>Names of the sites, and their mirrors.</summary>
internal static class MirrorSites
{
    /// <summary>Real host names.</summary>
    public static IReadOnlyDictionary<string, MirrorSite> RealNames { get; } =
        new Dictionary<string, MirrorSite>(StringComparer.OrdinalIgnoreCase)
        {
            ["huggingface.co"] = MirrorSite.Hub,
            ["cas-bridge.xethub.hf.co"] = MirrorSite.HubStorage,
            ["registry-1.docker.io"] = MirrorSite.Registry,
            ["auth.docker.io"] = MirrorSite.RegistryTokens,
            ["production.cloudflare.docker.com"] = MirrorSite.RegistryStorage,
            ["pypi.org"] = MirrorSite.PythonIndex,
            ["files.pythonhosted.org"] = MirrorSite.PythonFiles,
            ["deb.debian.org"] = MirrorSite.Apt,
            ["security.debian.org"] = MirrorSite.Apt,
            ["archive.ubuntu.com"] = MirrorSite.Apt,
            ["security.ubuntu.com"] = MirrorSite.Apt,
            ["mirrors.digitalocean.com"] = MirrorSite.Apt,
            ["developer.download.nvidia.com"] = MirrorSite.ThirdPartyApt,
            ["nvidia.github.io"] = MirrorSite.ThirdPartyApt,
            ["linux.mellanox.com"] = MirrorSite.ThirdPartyApt,
            ["repo.radeon.com"] = MirrorSite.ThirdPartyApt,
            ["repos.insights.digitalocean.com"] = MirrorSite.ThirdPartyApt,
            ["repos-droplet.digitalocean.com"] = MirrorSite.ThirdPartyApt,
            ["169.254.169.254"] = MirrorSite.Metadata,
        };

    /// <summary>Whether clients contact the site first, or are redirected to it.</summary>
    public static MirrorPart PartOf(MirrorSite site) =>
        site is MirrorSite.HubStorage or MirrorSite.RegistryStorage or MirrorSite.PythonFiles ? MirrorPart.Cdn : MirrorPart.Front;

    /// <summary>The mirror with the site's bandwidth and faults.</summary>
    public static MirrorKind KindOf(MirrorSite site) => site switch
    {
        MirrorSite.Hub or MirrorSite.HubStorage => MirrorKind.Hub,
        MirrorSite.Registry or MirrorSite.RegistryTokens or MirrorSite.RegistryStorage => MirrorKind.Registry,
        MirrorSite.PythonIndex or MirrorSite.PythonFiles => MirrorKind.Python,
        MirrorSite.Apt or MirrorSite.ThirdPartyApt => MirrorKind.Apt,
        _ => MirrorKind.Metadata,
    };
}
