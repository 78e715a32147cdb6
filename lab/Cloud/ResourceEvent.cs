namespace Infra.Lab.Cloud;

/// <summary>What is done with a resource.</summary>
internal enum Operation
{
    Same,
    Create,
    Update,
    Replace,
    Delete,
}

/// <summary>How far it is.</summary>
internal enum Phase
{
    Started,

    /// <summary>It said something: the output of a command, or a line of a long operation.</summary>
    Said,
    Finished,
    Failed,
}

/// <summary>Something that happened to a resource, for a live view.</summary>
/// <param name="Operation">What is done. <see cref="Operation.Same"/> has no start.</param>
/// <param name="Type">Type token.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="Phase">How far it is.</param>
/// <param name="Message">What it said, or why it failed; null otherwise.</param>
internal sealed record ResourceEvent(Operation Operation, string Type, string Name, Phase Phase, string? Message = null);

/// <summary>A resource that could not be made, changed or deleted, and why, as Pulumi would tell it.</summary>
/// <param name="Operation">What was tried.</param>
/// <param name="Type">Type token.</param>
/// <param name="Name">Its name in the program.</param>
/// <param name="Message">The words of the provider or of the API.</param>
internal sealed record ResourceFailure(Operation Operation, string Type, string Name, string Message)
{
    /// <summary>Message of what was cut short.</summary>
    public const string Cancelled = "the run was cancelled";
}

/// <summary>How many resources each operation was done with, components among them, as Pulumi counts.</summary>
internal sealed record CloudSummary(int Created, int Updated, int Replaced, int Deleted, int Same)
{
    public int Changes => Created + Updated + Replaced + Deleted;
}
