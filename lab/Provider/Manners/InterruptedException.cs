namespace Infra.Lab.Provider.Manners;

/// <summary>The provider or the engine ended during an operation, so its result is unknown.</summary>
internal sealed class InterruptedException(string message) : Exception(message);
