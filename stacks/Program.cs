using Infra.Stacks;
using Pulumi;

try
{
    return await Deployment.RunAsync(InferenceProgram.DefineAsync);
}
// The SDK throws this if the Pulumi CLI did not start the program.
catch (InvalidOperationException) when (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PULUMI_MONITOR")))
{
    await Console.Error.WriteLineAsync(
        "this program must be started by the Pulumi CLI\n  fix: pulumi up; or, without an account, ./infra preview");
    return 1;
}
