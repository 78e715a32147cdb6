using Infra.Lab.Provider;
using Infra.Lab.Provider.Resources;
using Infra.Lab.Stacks;

namespace Infra.Lab.Benches;

/// <summary>Boots our stack from its config, with cold caches, up to the first answer through the TLS reverse proxy.</summary>
internal static class StackBoot
{
    public static async Task<BootRun> RunAsync(BootParameters parameters, string projectFolder, Action<string> print,
        CancellationToken cancel)
    {
        var lab = LabStack.Of(projectFolder, parameters.Configuration($"{BootParameters.Stack}-ours"));
        try
        {
            lab.Folder.Create();
            parameters.Mirrors().Save(lab.Folder.MirrorControl);
            var created = double.NaN;
            var result = await lab.UpAsync(new UpOptions
            {
                Size = parameters.Size(),
                Speed = parameters.Speed(),
                Print = print,
                Progress = happened =>
                {
                    if (happened is { Type: Types.Droplet, Phase: Phase.Started })
                    {
                        created = MachineClock.Now();
                    }
                },
            }, cancel);
            if (result.Failures.Count > 0)
            {
                throw new DeploymentFailure(result.Failures);
            }

            var up = MachineClock.Now() - created;
            using var client = lab.Client(lab.Endpoints().Single());
            await client.AskAsync("Hello", 1, cancel);
            var seconds = MachineClock.Now() - created;
            var phases = Phases(lab.TimelineOf(lab.Nodes().Single()), created);
            phases["boot"] = new BootPhase(0, phases.Values.Min(phase => phase.Start));
            phases["gate"] = new BootPhase(phases["ready"].End, up);
            phases["answer"] = new BootPhase(up, seconds);
            return new BootRun(seconds, phases);
        }
        finally
        {
            await lab.DownAsync(print, CancellationToken.None);
        }
    }

    private static Dictionary<string, BootPhase> Phases(IReadOnlyList<PhaseEvent> events, double created)
    {
        var first = events[0].MonotonicSeconds - created;
        return PhaseTimeline.Phases(events).Where(phase => phase.End is not null)
            .ToDictionary(phase => phase.Phase, phase => new BootPhase(first + phase.Start, first + phase.End!.Value),
                StringComparer.Ordinal);
    }
}
