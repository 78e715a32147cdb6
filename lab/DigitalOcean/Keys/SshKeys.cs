using Infra.Lab.DigitalOcean.Account;
using Infra.Lab.Provider.Keys;

namespace Infra.Lab.DigitalOcean.Keys;

/// <summary>What DigitalOcean does with SSH keys, and refuses.</summary>
internal static class SshKeys
{
    public static SshKey Create(AccountChange change, SshKeyRequest request)
    {
        var line = request.PublicKey?.Trim();
        if (line is null || OpenSshPublicKey.Blob(line) is not { } blob)
        {
            throw ApiError.Unprocessable("Key invalid, key should be of the format `type key [comment]`");
        }
        CheckName(request.Name);
        var fingerprint = OpenSshPublicKey.Md5(blob);
        if (change.All<SshKey>().Any(other => other.Fingerprint == fingerprint))
        {
            throw ApiError.Unprocessable("SSH Key is already in use on your account");
        }
        return change.Put(new SshKey(change.NextNumber(), request.Name!, line, fingerprint));
    }

    public static SshKey Rename(AccountChange change, string identifier, SshKeyRequest request)
    {
        var key = Get(change.State, identifier);
        CheckName(request.Name);
        return change.Put(key with { Name = request.Name! });
    }

    /// <summary>Droplets keep the keys that they were created with.</summary>
    public static void Delete(AccountChange change, string identifier) => change.Remove(Get(change.State, identifier));

    /// <summary>By id or fingerprint.</summary>
    /// <exception cref="ApiError">404.</exception>
    public static SshKey Get(AccountState state, string identifier) => Find(state, identifier) ?? throw ApiError.NotFound();

    /// <summary>By id or fingerprint; null: there is none.</summary>
    public static SshKey? Find(AccountState state, string identifier) =>
        state.Find<SshKey>(identifier) ?? state.All<SshKey>().FirstOrDefault(key => key.Fingerprint == identifier);

    private static void CheckName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw ApiError.Unprocessable("Name can't be blank");
        }
    }
}
