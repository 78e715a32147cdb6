using System.Globalization;
using Infra.Cli.CommandLine;

namespace Infra.Lab.Cloud.Views;

/// <summary>Output of <c>./infra cloud</c> for terminals.</summary>
internal static class CloudView
{
    public static void Write(Terminal terminal, CloudUpReport report)
    {
        var output = terminal.Console.Profile.Out.Writer;
        output.WriteLine(
            $"{report.Endpoint} answers inside, {(report.Servers ? $"in front of servers with {report.Base}" : "without servers")}"
            + $", at {report.Pace} pace");
        if (report.Token is { } token)
        {
            output.WriteLine($"token (shown once; also in {report.TokenFile}):");
            terminal.WriteCommand(token);
        }

        output.WriteLine($"programs inside come from {report.Address}");
        foreach (var stack in report.Stacks)
        {
            output.WriteLine(Printable.Line($"served: {stack.Name}, with {string.Join(", ", stack.Models)}"));
        }

        foreach (var stack in report.Skipped)
        {
            output.WriteLine(Printable.Line($"not served: {stack.Name}: {stack.Reason}"));
        }

        output.WriteLine("run programs inside:");
        terminal.WriteCommand("./infra cloud exec -- curl -sS https://api.digitalocean.com/v2/account -H \"Authorization: Bearer $TOKEN\"");
        terminal.WriteCommand("./infra cloud shell");
    }

    /// <summary>On standard error: the shell's output belongs to its programs.</summary>
    public static void WriteGreeting(Terminal terminal) => terminal.WriteError(
        "Inside, api.digitalocean.com and all Droplets are the lab's, DIGITALOCEAN_TOKEN is set, and nothing else can be "
            + "reached: packages, "
        + "plugins and the login to a local backend come before. The shell ends with exit.");

    /// <summary>Reads what is running.</summary>
    public static async Task<CloudStatus> StatusAsync(CloudLab cloud, CancellationToken cancel)
    {
        if (!cloud.IsUp || CloudSettings.Load(cloud.Folder) is not { } settings)
        {
            return CloudStatus.Down;
        }

        var problems = await cloud.ProblemsAsync(cancel);
        var status = new CloudStatus(
            true, settings.PaceWord, settings.HasServers, settings.Address, 0, [], [], problems);
        if (problems.Any(problem => problem.StartsWith("api:", StringComparison.Ordinal)))
        {
            return status;
        }

        using var control = new CloudControlClient(cloud);
        var resources = await CloudSurvey.OfAsync(control, cancel);
        return status with { Resources = resources, UsdPerHour = Math.Round(resources.Sum(resource => resource.UsdPerHour ?? 0), 4) };
    }

    public static void Write(Terminal terminal, CloudStatus status)
    {
        var output = terminal.Console.Profile.Out.Writer;
        if (!status.Up)
        {
            output.WriteLine("the cloud is not running; start it:");
            terminal.WriteCommand("./infra cloud up");
            return;
        }

        output.WriteLine($"running, {(status.Servers ? "with" : "without")} servers, at {status.Pace} pace; "
            + $"programs inside come from {status.Address}");
        foreach (var resource in status.Resources)
        {
            var price = resource.UsdPerHour is { } usd ? string.Create(CultureInfo.InvariantCulture, $"  {usd:0.####} USD/h") : "";
            var state = resource.State is { } known ? $"  {known}" : "";
            output.WriteLine(Printable.Line(
                $"  {resource.Kind}  {resource.Name}  {resource.Id}{state}  {string.Join("  ", resource.Details)}{price}"));
        }

        output.WriteLine(status.Resources.Count == 0 ? "  the account is empty"
            : string.Create(CultureInfo.InvariantCulture, $"  at DigitalOcean: {status.UsdPerHour:0.####} USD/h"));
        foreach (var fault in status.Faults)
        {
            output.WriteLine(Printable.Line($"  fault: {fault}"));
        }

        foreach (var problem in status.Problems)
        {
            output.WriteLine(Printable.Line($"  {problem}"));
        }

        if (status.Problems.Count > 0)
        {
            output.WriteLine("  repair it:");
            terminal.WriteCommand("./infra cloud up");
        }
    }
}
