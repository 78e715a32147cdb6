namespace Infra.Lab.Benches;

/// <summary>Output of <c>bench proxy --json</c>.</summary>
/// <param name="Seconds">Length of each measurement.</param>
/// <param name="Rounds">Measurements of each way.</param>
/// <param name="Load">Load average of this machine over a minute, at start and end.</param>
/// <param name="TokensPerSecond">Rate of a stream, as planned for the card.</param>
/// <param name="AtRate">Results with the engine at that rate.</param>
/// <param name="Saturated">Results with the engine as fast as this machine allows: engine, nginx and client share its processors.</param>
internal sealed record ProxyReport(
    int Seconds, int Rounds, IReadOnlyList<double> Load, double TokensPerSecond, IReadOnlyList<ProxyRow> AtRate,
    IReadOnlyList<ProxyRow> Saturated);

/// <param name="Streams">Requests at a time.</param>
/// <param name="Direct">Over the engine's socket.</param>
/// <param name="Proxied">Over TLS through nginx, with a key.</param>
/// <param name="ThroughputLost">Loss of throughput through nginx as a share; negative: a gain.</param>
/// <param name="AddedMs">Milliseconds that nginx adds to the median time to the first token.</param>
/// <param name="NginxMicrosecondsPerToken">Processor time of nginx per token, independent of the other load.</param>
internal sealed record ProxyRow(int Streams, ProxySide Direct, ProxySide Proxied, double ThroughputLost, double AddedMs,
    double NginxMicrosecondsPerToken)
{
    public static ProxyRow Of(int streams, IReadOnlyList<StreamSample> direct, IReadOnlyList<StreamSample> proxied, double nginxSeconds)
    {
        var (straight, through) = (ProxySide.Of(direct), ProxySide.Of(proxied));
        return new ProxyRow(
            streams, straight, through, Math.Round(1 - (through.TokensPerSecond / straight.TokensPerSecond), 4),
            Math.Round(through.FirstTokenMs - straight.FirstTokenMs, 3),
            Math.Round(nginxSeconds * 1e6 / proxied.Sum(sample => sample.Tokens), 1));
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
