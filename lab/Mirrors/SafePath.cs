namespace Infra.Lab.Mirrors;

/// <summary>Paths that clients ask for.</summary>
internal static class SafePath
{
    /// <summary>The file that a path means in a folder; null where it would leave the folder or holds what no file of ours has.</summary>
    public static string? Under(string folder, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 || parts.Any(part => part is "." or ".." || part.AsSpan().ContainsAny('\\', '\0'))
            ? null
            : Path.Combine([folder, .. parts]);
    }
}
