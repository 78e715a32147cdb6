namespace Infra.Tests.Deployments;

/// <summary>Pulumi keeps the running deployment in static state, so one mocked run waits for the other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SerialDeployments
{
    public const string Name = "Mocked deployments";
}
