namespace Infra.Lab.Cloud.Provider;

/// <summary>The provider's process has ended under the engine, or the engine with it: nobody knows how far the operation came.</summary>
internal sealed class InterruptedException(string message) : Exception(message);
