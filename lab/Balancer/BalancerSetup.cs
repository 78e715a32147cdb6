using System.Net;
using System.Security.Cryptography;
using Infra.Lab.Fabric;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>A specification that was understood: addresses parsed, certificates read.</summary>
internal sealed record BalancerSetup(
    BalancerSpec Spec, IPAddress Address, IPAddress Source, AddressRanges? Callers, IReadOnlyDictionary<int, EntryRule> Rules, IReadOnlyList<IPAddress> Backends)
{
    /// <summary>Reads a specification whole; what the one before had in common is kept.</summary>
    /// <exception cref="FormatException">An address is none.</exception>
    /// <exception cref="ArgumentException">Something else cannot be.</exception>
    public static BalancerSetup Read(BalancerSpec spec, BalancerSetup? before)
    {
        var check = spec.Check;
        int[] positive = [check.IntervalSeconds, check.TimeoutSeconds, check.UnhealthyThreshold, check.HealthyThreshold, spec.IdleTimeoutSeconds, spec.PassthroughIdleTimeoutSeconds];
        if (positive.Any(number => number <= 0))
        {
            throw new ArgumentException("intervals, timeouts and thresholds must be above 0");
        }
        if (check.Protocol is not ("https" or "http" or "tcp") || check.Port is < 1 or > ushort.MaxValue || (check.Protocol != "tcp" && !check.Path.StartsWith('/')))
        {
            throw new ArgumentException($"'{check.Protocol}' on port {check.Port} of '{check.Path}' is no health check");
        }
        if (spec.Rules.FirstOrDefault(rule => rule.TargetPort is < 1 or > ushort.MaxValue || rule.EntryPort is < 1 or > ushort.MaxValue) is { } wrong)
        {
            throw new ArgumentException($"port {wrong.EntryPort} to port {wrong.TargetPort} is no rule");
        }
        try
        {
            return new(
                spec,
                IPAddress.Parse(spec.Address),
                IPAddress.Parse(spec.BackendAddress),
                spec.AllowedCidrs.Count == 0 ? null : AddressRanges.Parse(spec.AllowedCidrs),
                spec.Rules.ToDictionary(
                    rule => rule.EntryPort,
                    rule => before?.Rules.GetValueOrDefault(rule.EntryPort) is { } known && known.Rule == rule ? known : new EntryRule(rule)),
                [.. spec.Backends.Select(IPAddress.Parse)]);
        }
        catch (CryptographicException unreadable)
        {
            throw new ArgumentException($"a certificate cannot be read: {unreadable.Message}", unreadable);
        }
    }

    public bool MayCall(IPAddress caller) => Callers?.Contains(caller) ?? true;
}
