namespace Infra.Lab.Benches;

/// <summary>What <c>bench proxy --json</c> prints.</summary>
/// <param name="Seconds">Length of each measurement.</param>
/// <param name="Rounds">Measurements of either way.</param>
/// <param name="Load">This machine's load average of a minute, when it began and when it ended.</param>
/// <param name="TokensPerSecond">Rate of a stream at which the engine serves, as the plan reckons it for the card.</param>
/// <param name="AtRate">The engine serves at that rate.</param>
/// <param name="Saturated">It serves as fast as this machine lets it: engine, nginx and client share its processors.</param>
internal sealed record ProxyReport(
    int Seconds, int Rounds, IReadOnlyList<double> Load, double TokensPerSecond, IReadOnlyList<ProxyRow> AtRate, IReadOnlyList<ProxyRow> Saturated);

/// <param name="Streams">Requests at a time.</param>
/// <param name="Direct">Over the engine's socket.</param>
/// <param name="Proxied">Over TLS through nginx, with a key.</param>
/// <param name="ThroughputLost">Share of the tokens per second that the way through nginx lacks; below 0 it had more.</param>
/// <param name="AddedMs">Milliseconds that it adds to the median of the first token.</param>
/// <param name="NginxMicrosecondsPerToken">Processor time of nginx for a token, whatever else the machine does.</param>
internal sealed record ProxyRow(int Streams, ProxySide Direct, ProxySide Proxied, double ThroughputLost, double AddedMs, double NginxMicrosecondsPerToken)
{
    public static ProxyRow Of(int streams, IReadOnlyList<StreamSample> direct, IReadOnlyList<StreamSample> proxied, double nginxSeconds)
    {
        var (straight, through) = (ProxySide.Of(direct), ProxySide.Of(proxied));
        return new ProxyRow(
            streams, straight, through, Math.Round(1 - (through.TokensPerSecond / straight.TokensPerSecond), 4),
            Math.Round(through.FirstTokenMs - straight.FirstTokenMs, 3), Math.Round(nginxSeconds * 1e6 / proxied.Sum(sample => sample.Tokens), 1));
    }
}

/// <param name="RequestsPerSecond">Whole answers.</param>
/// <param name="TokensPerSecond">Of all streams together; median of the rounds.</param>
/// <param name="FirstTokenMs">Median over all requests of all rounds.</param>
internal sealed record ProxySide(double RequestsPerSecond, double TokensPerSecond, double FirstTokenMs)
{
    public static ProxySide Of(IReadOnlyList<StreamSample> samples) => new(
        Math.Round(Samples.Median(samples.Select(sample => sample.Requests / sample.Seconds)), 1),
        Math.Round(Samples.Median(samples.Select(sample => sample.Tokens / sample.Seconds)), 1),
        Math.Round(Samples.Median(samples.SelectMany(sample => sample.FirstTokenMs)), 3));
}
