using Infra.Lab.DigitalOcean.Account;

namespace Infra.Lab.DigitalOcean.Storage;

/// <summary>A Volume as Droplets see it. Which Droplet has it, is known by the Volume alone.</summary>
internal interface IBlockVolume : IResource
{
    public string Region { get; }

    /// <summary>Price of a month, in USD.</summary>
    public decimal UsdPerMonth { get; }

    /// <summary>The Droplet that it is attached to; null: none.</summary>
    public long? DropletId { get; }

    /// <param name="droplet">Null: detached.</param>
    public IBlockVolume AttachedTo(long? droplet);

    /// <summary>Deletes it, as a request would.</summary>
    /// <exception cref="ApiError">It refuses.</exception>
    public void Delete(AccountChange change);
}

/// <summary>A snapshot of a Volume as Droplets see it.</summary>
internal interface IVolumeSnapshot : IRecord
{
    public string Name { get; }

    public string VolumeId { get; }

    public decimal SizeGigabytes { get; }

    /// <inheritdoc cref="IBlockVolume.Delete"/>
    public void Delete(AccountChange change);
}
