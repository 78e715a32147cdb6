using System.Security.Cryptography;
using System.Text;

namespace Infra.Lab.Mirrors;

/// <summary>A repository of the hub: <c>hub/ORG/REPO/manifest.json</c>, its files in <c>files/</c> beside it.</summary>
/// <param name="Id"><c>mistralai/Ministral-3-3B-Instruct-2512</c>.</param>
/// <param name="Revisions">Commits that exist, 40 hex digits; all hold the same files, and <c>main</c> is the first.</param>
/// <param name="Gated">Whether it asks for a token.</param>
/// <param name="Files">Files, by path.</param>
internal sealed record HubManifest(string Id, IReadOnlyList<string> Revisions, bool Gated, IReadOnlyList<HubFile> Files)
{
    public const string FileName = "manifest.json";

    /// <summary>The commit that a revision means; null: there is none.</summary>
    public string? Commit(string revision) => revision == "main" ? Revisions[0] : Revisions.FirstOrDefault(commit => commit == revision);

    /// <summary>What stands for the repository in addresses of the storage: 24 hex digits.</summary>
    public static string StorageId(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..24];
}

/// <param name="Path">Path in the repository.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Oid">SHA-1 of its git blob; for a large file, that of its pointer.</param>
/// <param name="Sha256">SHA-256 of a large file (Git LFS); null: the file is in git itself.</param>
internal sealed record HubFile(string Path, long Size, string Oid, string? Sha256);
