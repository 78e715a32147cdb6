using System.Globalization;

namespace Infra.Lab.Benches;

/// <summary>Alternates boots of this project and of the tutorial, with cold caches and mirrors of the same bandwidth.</summary>
internal static class BootBench
{
    public static async Task<BootReport> RunAsync(BootParameters parameters, int rounds, Action<string> print, CancellationToken cancel)
    {
        var project = Directory.CreateTempSubdirectory("infra-bench-");
        try
        {
            var load = Samples.Load();
            var (ours, tutorial) = (new List<BootRun>(), new List<BootRun>());
            for (var round = 1; round <= rounds; round++)
            {
                tutorial.Add(await TutorialBoot.RunAsync(parameters, project.FullName, print, cancel));
                Report(round, "tutorial", tutorial[^1]);
                ours.Add(await StackBoot.RunAsync(parameters, project.FullName, print, cancel));
                Report(round, "ours", ours[^1]);
            }

            return BootReport.Of(parameters, ours, tutorial, [load, Samples.Load()]);
        }
        finally
        {
            project.Delete(recursive: true);
        }

        void Report(int round, string which, BootRun run)
        {
            var phases = run.Phases.OrderBy(phase => phase.Value.Start)
                .Select(phase => string.Create(
                    CultureInfo.InvariantCulture, $"{phase.Key} {phase.Value.Start:0.0}-{phase.Value.End:0.0}"));
            print(string.Create(
                CultureInfo.InvariantCulture,
                $"round {round} of {rounds}, {which}: {run.Seconds:0.0} s ({string.Join(", ", phases)})"));
        }
    }
}
