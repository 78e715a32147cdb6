using Pulumi;

namespace Infra.Stacks;

/// <summary>The required version of the Pulumi CLI.</summary>
public static class PulumiVersion
{
    /// <summary>
    /// The same as <c>requiredPulumiVersion</c> in <c>Pulumi.yaml</c>, which a CLI before 3.219 ignores. The reason is replacement
    /// triggers: older CLIs ignore them (before 3.208), or see changes where there are none (before 3.226).
    /// </summary>
    public const string Required = ">=3.226.0";

    /// <summary>Ends the program, before any registration, if the CLI is too old.</summary>
    /// <param name="requireAsync">Checks the CLI. Default: through the SDK.</param>
    public static async Task RequireAsync(Func<string, Task>? requireAsync = null)
    {
        try
        {
            await (requireAsync ?? Deployment.RequirePulumiVersionAsync)(Required).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RunException)
        {
            // The SDK prints its own exception, without a fix. Rethrown unchanged, it is printed only once.
            Log.Error(
                $"Pulumi CLI: this program needs version {Required}: {exception.Message}\n  fix: https://www.pulumi.com/docs/install/");
            throw;
        }
    }
}
