using Microsoft.AspNetCore.Http;

namespace Infra.Lab.Mirrors;

/// <summary>Addresses of sites. All sites are on the same ports, so an address differs from the request's in its host only.</summary>
internal sealed class MirrorLinks(IReadOnlyDictionary<string, MirrorSite> hosts)
{
    /// <summary>Host names, for the message that another has no mirror.</summary>
    public IEnumerable<string> Names => hosts.Keys;

    /// <summary>The site of a host name without port; null: unknown.</summary>
    public MirrorSite? Find(string host) => hosts.TryGetValue(host, out var site) ? site : null;

    /// <summary><c>https://host</c> of a site: the request's own host if it is that site, else the first host that is.</summary>
    public string Origin(HttpRequest request, MirrorSite site)
    {
        var name = Find(request.Host.Host) == site ? request.Host.Host : hosts.FirstOrDefault(host => host.Value == site).Key;
        return name is null
            ? throw new InvalidOperationException($"No host stands for {site}.")
            : $"{request.Scheme}://{(request.Host.Port is { } port ? new HostString(name, port) : new HostString(name)).ToUriComponent()}";
    }
}
