namespace Infra.Planning.Catalog;

/// <summary>How vLLM comes onto a node.</summary>
public enum EngineInstall
{
    /// <summary>The pinned image by digest, run by podman.</summary>
    Container,

    /// <summary>The pinned version in a virtual environment, resolution frozen by date.</summary>
    Venv,
}
