namespace Infra.Lab.Mirrors.Content;

/// <summary>Blobs by digest, in the folder of a registry.</summary>
internal sealed class OciStore(string registry)
{
    /// <summary>Stores data under its digest.</summary>
    public OciBlob Add(Action<Stream> write)
    {
        var folder = Path.Combine(registry, "blobs", "sha256");
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $".{Guid.NewGuid():N}.new");
        try
        {
            OciBlob blob;
            using (var file = File.Create(temporary))
            using (var hashing = new HashingStream(file))
            {
                write(hashing);
                blob = new($"sha256:{hashing.Sha256}", hashing.Length);
            }

            File.Move(temporary, RegistryRepository.BlobFile(registry, blob.Digest), overwrite: true);
            return blob;
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}

/// <param name="Digest"><c>sha256:HEX</c>.</param>
/// <param name="Size">Bytes.</param>
internal sealed record OciBlob(string Digest, long Size);
