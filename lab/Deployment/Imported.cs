using Infra.Lab.Provider.Resources;

namespace Infra.Lab.Deployment;

/// <summary>
/// An interrupted creation, imported by its id: the resource as the provider reads it, without what the API does not return. For a Droplet
/// these are the SSH keys and the agent, whose change replaces the Droplet.
/// </summary>
internal static class Imported
{
    private static readonly string[] s_neverReadBack = ["sshKeys", "dropletAgent", "userData"];

    public static CloudResource As(CloudResource pending, string id) => pending with
    {
        Id = id,
        Inputs = pending.Type == Types.Droplet ? pending.Inputs.RemoveRange(s_neverReadBack) : pending.Inputs,
        Trigger = null,
    };
}
