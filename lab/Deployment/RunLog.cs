using System.Collections.Concurrent;
using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Deployment;

/// <summary>Operations and failures of a run. After the first failure nothing new starts.</summary>
internal sealed class RunLog(CloudOptions options)
{
    private readonly ConcurrentQueue<ResourceFailure> _failures = new();
    private readonly ConcurrentDictionary<ProviderException, bool> _reported = new();
    private readonly int[] _counts = new int[Enum.GetValues<Operation>().Length];

    public IReadOnlyList<ResourceFailure> Failures => [.. _failures];

    public CloudSummary Summary =>
        new(Count(Operation.Create), Count(Operation.Update), Count(Operation.Replace), Count(Operation.Delete), Count(Operation.Same));

    public void RefuseWhenStopped(string type, string name)
    {
        if (_failures.TryPeek(out var failure))
        {
            throw new NotStartedException($"{type} {name} was not started, because {failure.Type} {failure.Name} failed");
        }
        if (options.Cancel.IsCancellationRequested)
        {
            throw new NotStartedException($"{type} {name} was not started, because the run was cancelled");
        }
    }

    public ProviderException Failed(Operation operation, string type, string name, Exception exception)
    {
        if (exception is ProviderException reported && _reported.ContainsKey(reported))
        {
            return reported; // by the resource whose replacement includes this deletion
        }
        var message = exception is OperationCanceledException ? ResourceFailure.Cancelled : exception.Message;
        _failures.Enqueue(new(operation, type, name, message));
        options.Progress(new(operation, type, name, Phase.Failed, message));
        var failure = new ProviderException(message);
        _reported[failure] = true;
        return failure;
    }

    public void Report(Operation operation, CloudResource resource, Phase phase, string? message = null)
    {
        if (phase == Phase.Finished)
        {
            Interlocked.Increment(ref _counts[(int)operation]);
        }
        options.Progress(new(operation, resource.Type, resource.Name, phase, message));
    }

    private int Count(Operation operation) => Volatile.Read(ref _counts[(int)operation]);
}
