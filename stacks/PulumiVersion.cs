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

    private static Task s_check = Task.CompletedTask;

    /// <summary>Ends the program, before any registration, if the CLI is too old. The fix is a line on standard error.</summary>
    /// <param name="requireAsync">Checks the CLI. Default: through the SDK.</param>
    /// <param name="errors">Where the fix is written. Default: standard error.</param>
    public static Task RequireAsync(Func<string, Task>? requireAsync = null, TextWriter? errors = null) =>
        s_check = CheckAsync(requireAsync ?? Deployment.RequirePulumiVersionAsync, errors ?? Console.Error);

    /// <summary>Waits until the fix is written, if the last check failed. Does not throw.</summary>
    public static Task WhenReportedAsync() => s_check.ContinueWith(
        _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private static async Task CheckAsync(Func<string, Task> requireAsync, TextWriter errors)
    {
        try
        {
            await requireAsync(Required).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not RunException)
        {
            // The SDK watches the check itself and ends the run at its exception, which it prints without a fix. Log.Error sends its
            // message in the background, and it could be lost by then; so could this text, if the program did not wait for this task.
            await errors.WriteLineAsync(
                $"Pulumi CLI: this program needs version {Required}: {exception.Message}\n  fix: https://www.pulumi.com/docs/install/")
                .ConfigureAwait(false);
            throw;
        }
    }
}
