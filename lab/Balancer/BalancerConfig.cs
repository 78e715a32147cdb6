using System.Globalization;
using System.Net;
using Infra.Lab.Network;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>Converts a specification to HAProxy's configuration (docs.haproxy.org/2.6/configuration.html).</summary>
internal static class BalancerConfig
{
    /// <summary>The backend with the health checks. All ports use its results, so that each server is checked once.</summary>
    public const string Checks = "checks";

    /// <summary>The text of the configuration.</summary>
    /// <param name="spec">The specification.</param>
    /// <param name="stateFile">Path of the file with <see cref="States"/>.</param>
    /// <param name="certificateFile">Returns the path of a rule's certificate and key.</param>
    /// <exception cref="FormatException">An address is invalid.</exception>
    /// <exception cref="ArgumentException">The protocol of the health check is unknown.</exception>
    public static string Text(BalancerSpec spec, string stateFile, Func<BalancerRule, string> certificateFile) => $"""
        global
          maxconn 4000
          nbthread 1
          # All servers are checked at the start, and then once per interval.
          max-spread-checks 1
          server-state-file {Quoted(stateFile)}
        defaults
          load-server-state-from-file global
          balance leastconn
          source {IPAddress.Parse(spec.BackendAddress)}
          timeout connect 3s
          timeout check {Text(spec.Check.TimeoutSeconds)}s
          # If a server refuses a connection, the caller gets the next server at once.
          option redispatch 1
          retries {Text(Math.Max(spec.Backends.Count - 1, 0))}
        backend {Checks}
          timeout server {Text(spec.Check.TimeoutSeconds)}s
        {Lines(Check(spec.Check))}
        {Lines(Backends(spec).Select(address => $"server {address} {address}:{Text(spec.Check.Port)}"))}
        {string.Concat(spec.Rules.Select(rule => Port(spec, rule, certificateFile)))}
        """;

    /// <summary>
    /// The initial states of the servers, in the format of "show servers state": unlike in HAProxy's default, a server is down until its
    /// checks succeed.
    /// </summary>
    /// <param name="spec">The specification.</param>
    /// <param name="known">Servers of the previous configuration: they keep their health.</param>
    public static string States(BalancerSpec spec, IReadOnlyList<BackendStatus> known) => string.Concat(Backends(spec)
        .Select((address, index) => State(spec, index + 1, $"{address}", known.FirstOrDefault(server => server.Address == $"{address}")))
        .Prepend("1") // version of the format
        .Select(line => $"{line}\n"));

    private static string State(BalancerSpec spec, int number, string address, BackendStatus? known)
    {
        var state = known?.Healthy == true ? 2 : 0;
        var seconds = known is null ? 0 : (long)(DateTimeOffset.UtcNow - known.Since).TotalSeconds;
        return string.Create(CultureInfo.InvariantCulture,
            $"1 {Checks} {number} {address} {address} {state} 0 1 1 {seconds} 1 0 0 6 0 0 0 - {spec.Check.Port} - 0 0 - - 0");
    }

    // docs.digitalocean.com/glossary/health-check: healthy is a status of 200 to 399, or with TCP a connection.
    private static IEnumerable<string> Check(BalancerCheck check)
    {
        var options = check.Protocol switch
        {
            "https" => " check-ssl verify none",
            "http" or "tcp" => "",
            var unknown => throw new ArgumentException($"'{unknown}' is no protocol of a health check"),
        } + (check.ProxyProtocol ? " check-send-proxy" : "");
        if (check.Protocol != "tcp")
        {
            yield return "option httpchk";
            yield return $"http-check send meth GET uri {Quoted(check.Path)} ver HTTP/1.1 hdr Host %[srv_name]";
            yield return "http-check expect status 200-399";
        }

        yield return string.Create(CultureInfo.InvariantCulture,
            $"default-server check{options} inter {check.IntervalSeconds}s fall {check.UnhealthyThreshold} rise {check.HealthyThreshold}");
    }

    private static string Port(BalancerSpec spec, BalancerRule rule, Func<BalancerRule, string> certificateFile)
    {
        var idle = rule.Http ? spec.IdleTimeoutSeconds : spec.PassthroughIdleTimeoutSeconds;
        var tls = rule.Passthrough ? "" : $" ssl crt {Quoted(certificateFile(rule))} alpn {(rule.Http2 ? "h2," : "")}http/1.1";
        return string.Create(CultureInfo.InvariantCulture, $"""
            listen port-{rule.EntryPort}
              bind {IPAddress.Parse(spec.Address)}:{rule.EntryPort}{tls}
            {Lines(Allowed(spec))}
              # "tunnel" is the timeout of passthrough connections, for data in either direction.
              timeout client {idle}s
              timeout server {idle}s
              timeout tunnel {idle}s
            {Lines(rule.Http ? Http(spec, rule) : ["mode tcp"])}
            {Lines(Backends(spec).Select(address => Server(spec, rule, address)))}

            """);
    }

    private static string Server(BalancerSpec spec, BalancerRule rule, IPAddress address) =>
        $"server {address} {address}:{Text(rule.TargetPort)} track {Checks}/{address}"
        + (spec.ProxyProtocol ? " send-proxy" : "") + (rule.Http && spec.Sticky is not null ? $" cookie {address}" : "");

    /// <summary>
    /// Options for HTTP. As at DigitalOcean, each request has its own connection to a server (unless <c>enable_backend_keepalive</c> is
    /// set), <c>X-Forwarded-For</c> has the caller, and the certificate of a server is not checked.
    /// </summary>
    private static IEnumerable<string> Http(BalancerSpec spec, BalancerRule rule)
    {
        yield return "mode http";
        yield return spec.Keepalive ? "option http-keep-alive" : "option http-server-close";
        yield return "option http-no-delay";
        yield return "option idle-close-on-response";
        yield return "option forwardfor";
        if (rule.TargetTls)
        {
            yield return "default-server ssl verify none";
        }
        if (spec.Sticky is { } sticky)
        {
            yield return $"cookie {Quoted(sticky.Name)} insert indirect nocache maxlife {Text(sticky.Seconds)}s";
        }
        if (spec.RedirectToHttps && rule is { Passthrough: true, EntryPort: 80 })
        {
            yield return "http-request redirect scheme https code 307";
        }
    }

    private static IEnumerable<string> Allowed(BalancerSpec spec)
    {
        foreach (var range in AddressRanges.Parse(spec.DeniedCidrs).ToTexts())
        {
            yield return $"tcp-request connection reject if {{ src {range} }}";
        }
        if (spec.AllowedCidrs.Count == 0)
        {
            yield break;
        }

        var ranges = AddressRanges.Parse(spec.AllowedCidrs);
        foreach (var range in ranges.ToTexts())
        {
            yield return $"acl allowed src {range}";
        }

        yield return $"tcp-request connection reject{(ranges.IsEmpty ? "" : " unless allowed")}";
    }

    private static IEnumerable<IPAddress> Backends(BalancerSpec spec) => spec.Backends.Select(IPAddress.Parse).Distinct();

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines.Select(line => $"  {line}"));

    private static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
