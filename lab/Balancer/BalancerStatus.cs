namespace Infra.Lab.Balancer;

/// <summary>What a load balancer is doing.</summary>
/// <param name="Spec">SHA-256 of the specification that it follows, in hexadecimal; empty before the first.</param>
/// <param name="Error">Why a later specification is not followed or a port not listened on; null when all is well.</param>
/// <param name="Ports">Ports that it listens on.</param>
/// <param name="Active">Connections of callers, now.</param>
/// <param name="Total">Connections of callers since it began, without those that were refused.</param>
/// <param name="Refused">Connections closed because the list does not name the caller.</param>
/// <param name="Unserved">Connections for which no server could be reached.</param>
/// <param name="Backends">The servers, in the order of the specification.</param>
internal sealed record BalancerStatus(
    string Spec, string? Error, IReadOnlyList<int> Ports, int Active, long Total, long Refused, long Unserved, IReadOnlyList<BackendStatus> Backends);

/// <param name="Address">Private address of the server.</param>
/// <param name="Healthy">Whether new connections go to it.</param>
/// <param name="Since">When that became so.</param>
/// <param name="LastError">Why its last check, or an attempt to connect since then, failed; null when that went well.</param>
/// <param name="Active">Connections to it, now.</param>
/// <param name="Total">Connections to it since it is known.</param>
/// <param name="Checks">Health checks that have ended.</param>
internal sealed record BackendStatus(string Address, bool Healthy, DateTimeOffset Since, string? LastError, int Active, long Total, long Checks);
