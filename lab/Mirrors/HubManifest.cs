using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.Mirrors;

/// <summary>A repository of the hub: <c>hub/ORG/REPO/manifest.json</c>, with its files in <c>files/</c> next to it.</summary>
/// <param name="Id"><c>mistralai/Ministral-3-3B-Instruct-2512</c>.</param>
/// <param name="Revisions">Existing commits, 40 hex digits; all have the same files, and <c>main</c> is the first.</param>
/// <param name="Gated">Whether it requires a token.</param>
/// <param name="Files">Files, by path.</param>
internal sealed record HubManifest(string Id, IReadOnlyList<string> Revisions, bool Gated, IReadOnlyList<HubFile> Files)
{
    public const string FileName = "manifest.json";

    /// <summary>Resolves a revision to a commit; null: unknown.</summary>
    public string? Commit(string revision) => revision == "main" ? Revisions[0] : Revisions.FirstOrDefault(commit => commit == revision);

    /// <summary>The repository's id in storage addresses: 24 hex digits.</summary>
    public static string StorageId(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..24];
}

/// <param name="Path">Path in the repository.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Oid">SHA-1 of its git blob; for a large file, of its LFS pointer.</param>
/// <param name="Sha256">SHA-256 of a large file (Git LFS); null: stored in git.</param>
internal sealed record HubFile(string Path, long Size, string Oid, string? Sha256);
