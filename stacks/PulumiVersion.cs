using Pulumi;

namespace Infra.Stacks;

/// <summary>The Pulumi CLI that the program needs.</summary>
public static class PulumiVersion
{
    /// <summary>
    /// The same as <c>requiredPulumiVersion</c> of <c>Pulumi.yaml</c>, which a CLI before 3.219 does not read. Replacement triggers are
    /// why: older CLIs drop them (before 3.208), or see changes where there are none (before 3.226).
    /// </summary>
    public const string Required = ">=3.226.0";

    /// <summary>Ends the program, before anything is registered, under a CLI that is too old.</summary>
    /// <param name="requireAsync">Asks the CLI. Default: through the SDK.</param>
    public static async Task RequireAsync(Func<string, Task>? requireAsync = null)
    {
        try
        {
            await (requireAsync ?? Deployment.RequirePulumiVersionAsync)(Required).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RunException)
        {
            // The SDK reports its own exception by itself, without a fix. Thrown again as it is, it is reported once.
            Log.Error($"Pulumi CLI: this program needs version {Required}: {exception.Message}\n  fix: https://www.pulumi.com/docs/install/");
            throw;
        }
    }
}
