using Infra.Stacks;
using Pulumi;

try
{
    var status = await Deployment.RunAsync(InferenceProgram.DefineAsync);
    // The SDK ends at a failed check of its version, maybe before the fix is written.
    await PulumiVersion.WhenReportedAsync();
    return status;
}
// The SDK throws this if the Pulumi CLI did not start the program.
catch (InvalidOperationException) when (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PULUMI_MONITOR")))
{
    await Console.Error.WriteLineAsync(
        "this program must be started by the Pulumi CLI\n  fix: pulumi up; or, without an account, ./infra preview");
    return 1;
}
