namespace Infra.Lab.DigitalOcean.Account;

/// <summary>
/// Something under way: a Droplet that is being created, a certificate that is being issued. It is recorded in the change that begins it,
/// and removed in the change that ends it, so that a restart continues it.
/// </summary>
/// <param name="Kind">What is done: name of its <see cref="IWorkHandler"/>.</param>
/// <param name="Subject">Key of the resource.</param>
/// <param name="DueAt">When it ends at the earliest.</param>
/// <param name="ActionId">Id of the API's action, if it has one.</param>
internal sealed record Work(string Kind, string Subject, DateTimeOffset DueAt, long? ActionId = null) : IRecord
{
    public string Key => $"{Kind} {Subject} {ActionId}";
}

/// <summary>Does a kind of work.</summary>
internal interface IWorkHandler
{
    public string Kind { get; }

    /// <summary>
    /// Changes the machine: servers, disks, networks. Runs again from the start after a restart, so all of it can be repeated.
    /// </summary>
    public Task RunAsync(Work work, CancellationToken cancel);

    /// <summary>Records the result; the work itself is removed by the same change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="work">The work.</param>
    /// <param name="failure">Null: it succeeded.</param>
    public void End(AccountChange change, Work work, Exception? failure);
}
