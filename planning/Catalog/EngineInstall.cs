namespace Infra.Planning.Catalog;

/// <summary>Installation method of vLLM on a node.</summary>
public enum EngineInstall
{
    /// <summary>The pinned image by digest, run by podman.</summary>
    Container,

    /// <summary>The pinned version in a virtual environment, with dependencies resolved as of a date.</summary>
    Venv,
}
