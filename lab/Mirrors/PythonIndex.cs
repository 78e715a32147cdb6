using System.Text.RegularExpressions;

namespace Infra.Lab.Mirrors;

/// <summary>The Python index: <c>python/index.json</c>; files lie in <c>python/files/</c>.</summary>
/// <param name="Projects">Files by normalized name of the project.</param>
internal sealed partial record PythonIndex(IReadOnlyDictionary<string, IReadOnlyList<PythonFile>> Projects)
{
    public const string FileName = "index.json";

    /// <summary>A project's name as the index spells it: <c>Mistral_Common</c> is <c>mistral-common</c> (PEP 503).</summary>
    public static string Normalize(string project) => Separators().Replace(project, "-").ToLowerInvariant();

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}

/// <param name="Name">File name: <c>vllm-0.31.0-py3-none-any.whl</c>.</param>
/// <param name="Version">Version of the project.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Hex digest.</param>
/// <param name="Uploaded">When it came to the index, UTC: a freeze by date asks.</param>
/// <param name="RequiresPython"><c>&gt;=3.10</c>, or null.</param>
internal sealed record PythonFile(string Name, string Version, long Size, string Sha256, DateTimeOffset Uploaded, string? RequiresPython)
{
    /// <summary>Path on <c>files.pythonhosted.org</c>, with the digest in it as there.</summary>
    public string Address => $"/packages/{Sha256[..2]}/{Sha256[2..4]}/{Sha256[4..]}/{Name}";
}
