namespace Infra.Lab.Mirrors;

/// <summary>A git LFS pointer file.</summary>
internal static class LfsPointer
{
    /// <param name="sha256">Hex digest of the large file.</param>
    /// <param name="size">Its bytes.</param>
    public static string Text(string sha256, long size) =>
        $"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n";
}
