using Infra.Lab.Cloud.Resources;

namespace Infra.Lab.Deployments;

/// <summary>
/// A resource whose creation was cut short, taken up by its id: it is as the provider reads it, and what the API does not give back is
/// missing. Of a Droplet those are the SSH keys and the agent, of which a change makes another Droplet.
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
