namespace Infra.Lab.Mirrors;

/// <summary>Maps URL paths to files.</summary>
internal static class SafePath
{
    /// <summary>The file of a path in a folder; null if it would be outside of the folder or has forbidden characters.</summary>
    public static string? Under(string folder, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 || parts.Any(part => part is "." or ".." || part.AsSpan().ContainsAny('\\', '\0'))
            ? null
            : Path.Combine([folder, .. parts]);
    }
}
