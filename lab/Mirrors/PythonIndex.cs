using System.Text.RegularExpressions;

namespace Infra.Lab.Mirrors;

/// <summary>The Python index: <c>python/index.json</c>, with files in <c>python/files/</c>.</summary>
/// <param name="Projects">Files by normalized name of the project.</param>
internal sealed partial record PythonIndex(IReadOnlyDictionary<string, IReadOnlyList<PythonFile>> Projects)
{
    public const string FileName = "index.json";

    /// <summary>Normalized project name: <c>Mistral_Common</c> is <c>mistral-common</c> (PEP 503).</summary>
    public static string Normalize(string project) => Separators().Replace(project, "-").ToLowerInvariant();

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}

/// <param name="Name">File name: <c>vllm-0.31.0-py3-none-any.whl</c>.</param>
/// <param name="Version">Version of the project.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Hex digest.</param>
/// <param name="Uploaded">Upload time, UTC, for resolution by date.</param>
/// <param name="RequiresPython"><c>&gt;=3.10</c>, or null.</param>
internal sealed record PythonFile(string Name, string Version, long Size, string Sha256, DateTimeOffset Uploaded, string? RequiresPython)
{
    /// <summary>Path on <c>files.pythonhosted.org</c>, including the digest.</summary>
    public string Address => $"/packages/{Sha256[..2]}/{Sha256[2..4]}/{Sha256[4..]}/{Name}";
}
