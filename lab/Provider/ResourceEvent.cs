namespace Infra.Lab.Provider;

/// <summary>An operation on a resource.</summary>
internal enum Operation
{
    Same,
    Create,
    Update,
    Replace,
    Delete,
}

/// <summary>Phase of an operation.</summary>
internal enum Phase
{
    Started,

    /// <summary>Output of a command, or a progress message.</summary>
    Output,

    /// <summary>A request failed, and is sent again.</summary>
    Retried,
    Finished,
    Failed,
}

/// <summary>An event of a resource, for progress display.</summary>
/// <param name="Operation">The operation. <see cref="Operation.Same"/> has no start event.</param>
/// <param name="Type">Type token.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="Phase">The phase.</param>
/// <param name="Message">Output or failure reason; null otherwise.</param>
internal sealed record ResourceEvent(Operation Operation, string Type, string Name, Phase Phase, string? Message = null);

/// <summary>A failed operation of a resource, with the reason as in Pulumi.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Type">Type token.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="Message">The message of the provider or the API.</param>
internal sealed record ResourceFailure(Operation Operation, string Type, string Name, string Message)
{
    /// <summary>Message of a cancelled operation.</summary>
    public const string Cancelled = "the run was cancelled";
}

/// <summary>Number of resources per operation, including components, as Pulumi counts.</summary>
internal sealed record CloudSummary(int Created, int Updated, int Replaced, int Deleted, int Same)
{
    public int Changes => Created + Updated + Replaced + Deleted;
}
