namespace Infra.Tests.Sdk;

/// <summary>Mocked deployments run one after another: the SDK does not support them side by side.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class SerialRuns
{
    public const string Name = "Sdk";
}
