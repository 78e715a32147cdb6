using System.Globalization;
using Infra.Cli.CommandLine;
using Infra.Cli.Preview;
using Infra.Cli.Project;

namespace Infra.Benchmarks;

/// <summary>A stack of one endpoint with many replicas, previewed from its configuration to the report that <c>--json</c> prints.</summary>
internal static class StackProgram
{
    public static async Task<int> RunAsync(int nodes)
    {
        var folder = Directory.CreateTempSubdirectory("infra-benchmark-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "Pulumi.yaml"), "name: inference\n");
            File.WriteAllText(Path.Combine(folder.FullName, "Pulumi.many.yaml"), string.Create(CultureInfo.InvariantCulture, $$"""
                config:
                  inference:region: tor1
                  inference:adminCidrs: ["203.0.113.7/32"]
                  inference:maxHourlyUsd: 1000000
                  inference:endpoints:
                    chat: {model: mistralai/Ministral-3-3B-Instruct-2512, access: internal, replicas: {{nodes}}}
                """));
            var preview = await StackPreview.RunAsync(PulumiProject.Find(folder.FullName), "many");
            _ = TerminalJson.Text(PreviewReport.Of(preview), PreviewJson.Default.PreviewReport);
            return preview.Resources.Count;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
