namespace Infra.Planning.Observed;

/// <summary>A term of the memory plan, next to what vLLM logged.</summary>
/// <param name="Term">Its name, as docs/sizing.md has it.</param>
/// <param name="Unit"><c>GiB</c> of one GPU, or <c>tokens</c> of one engine.</param>
/// <param name="Planned">By the plan.</param>
/// <param name="Logged">By the log.</param>
public sealed record TermError(string Term, string Unit, double Planned, double Logged)
{
    /// <summary>The plan minus the log; positive: the plan has more.</summary>
    public double Difference => Planned - Logged;

    /// <summary><see cref="Difference"/> in percent of the log; null if the log has 0.</summary>
    public double? Percent => Logged == 0 ? null : 100 * Difference / Logged;
}
