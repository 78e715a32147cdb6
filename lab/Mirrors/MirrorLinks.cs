using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>URLs between sites. All sites use the same ports, so only the host differs from the request's.</summary>
internal sealed class MirrorLinks(IReadOnlyDictionary<string, MirrorSite> hosts)
{
    /// <summary>Host names, for the error about an unknown one.</summary>
    public IEnumerable<string> Names => hosts.Keys;

    /// <summary>The site of a host name without port; null: unknown.</summary>
    public MirrorSite? Find(string host) => hosts.TryGetValue(host, out var site) ? site : null;

    /// <summary><c>https://host</c> of a site: the request's host if it is that site, else the first host of the site.</summary>
    public string Origin(HttpRequest request, MirrorSite site)
    {
        var name = Find(request.Host.Host) == site ? request.Host.Host : hosts.FirstOrDefault(host => host.Value == site).Key;
        return name is null
            ? throw new InvalidOperationException($"No host stands for {site}.")
            : $"{request.Scheme}://{(request.Host.Port is { } port ? new HostString(name, port) : new HostString(name)).ToUriComponent()}";
    }
}
