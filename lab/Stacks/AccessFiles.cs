using System.Security.Cryptography;
using System.Text;
using Infra.Lab.Files;
using Infra.Lab.Host;
using Infra.Lab.State;
using Infra.Planning.Errors;
using Infra.Stacks;

namespace Infra.Lab.Stacks;

/// <summary>Keys and certificates of a lab as files for its owner: the printed commands use them.</summary>
internal sealed record AccessFiles(LabFolder Folder)
{
    /// <summary>Private SSH key of <c>ops</c>.</summary>
    public string OperatorKey => Path.Combine(Folder.Access, "ops.key");

    /// <summary>Host keys of the nodes.</summary>
    public string KnownHosts => Path.Combine(Folder.Access, "known_hosts");

    /// <summary>The stack's authority, for private and internal endpoints.</summary>
    public string Authority => Path.Combine(Folder.Access, "ca.pem");

    /// <summary>The CA in the role of Let's Encrypt, for public endpoints.</summary>
    public string PublicAuthority => Path.Combine(Folder.Access, "public-ca.pem");

    /// <summary>API key of a client.</summary>
    public string ClientKey(string endpoint, string client) => Path.Combine(Folder.Access, $"{endpoint}.{client}.key");

    /// <summary>The content of one of them.</summary>
    /// <exception cref="ConfigurationException">It is missing or was changed.</exception>
    public T Read<T>(string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            throw LabUserError.Of(
                file, null, $"is damaged: {exception.Message}", $"./infra up {Folder.Stack}, which writes it again");
        }
    }

    /// <summary>Reads a client's key, checked for use in a header.</summary>
    public string Key(string endpoint, string client) => Read(ClientKey(endpoint, client), static file =>
        File.ReadAllText(file).Trim() is { Length: > 0 } key && key.All(letter => letter is > ' ' and <= '~')
            ? key : throw new FormatException("it is not a key"));

    public static void Write(LabFolder folder, StackOutputValues outputs, string? publicAuthority)
    {
        var files = new AccessFiles(folder);
        var kept = new List<string>();
        Write(files.OperatorKey, outputs.Text(StackOutputs.SshPrivateKey));
        Write(files.KnownHosts, outputs.Text(StackOutputs.KnownHosts));
        Write(files.Authority, outputs.Text(StackOutputs.CertificateAuthority));
        if (publicAuthority is not null)
        {
            Write(files.PublicAuthority, publicAuthority);
        }

        foreach (var (endpoint, keys) in outputs.ClientKeys)
        {
            foreach (var (client, key) in keys)
            {
                Write(files.ClientKey(endpoint, client), key);
            }
        }

        // A revoked key has no access; its file would only confuse.
        foreach (var stale in Directory.EnumerateFileSystemEntries(folder.Access).Except(kept))
        {
            StateFile.Remove(stale);
        }

        void Write(string file, string content)
        {
            kept.Add(file);
            StateFile.RemoveUnlessFile(file);
            AtomicFile.Write(file, Encoding.UTF8.GetBytes(content.EndsWith('\n') ? content : $"{content}\n"), AtomicFile.Private);
        }
    }
}
