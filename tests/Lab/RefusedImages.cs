using Infra.Lab.Host;

namespace Infra.Tests.Lab;

/// <summary>Images that cannot serve: the message of each failure, and the uptime of its server at that moment.</summary>
public sealed class RefusedImages : IAsyncLifetime
{
    private static readonly Dictionary<string, ImageVariant> Variants = new(StringComparer.Ordinal)
    {
        ["broken"] = new(Without: ["nvidia-toolkit-1.19.1"], With: ["nvidia-toolkit-broken"]),
        ["missing"] = new("debian-12", Without: ["nvidia-toolkit-1.19.1", "nvidia-cdi-refresh"]),
        ["older"] = new(With: ["release-22.04"]),
        ["other"] = new("debian-12", With: ["release-rocky-9"]),
    };

    internal RunningStack Stack { get; } = RunningStack.Prepare("refused",
        SurvivesStage.ConfigValues([.. Variants.Keys.Select(name => (name, SurvivesStage.Endpoint()))]));

    /// <summary>By the name of the node.</summary>
    internal Dictionary<string, string> Reported { get; } = new(StringComparer.Ordinal);

    public async ValueTask InitializeAsync()
    {
        Stack.Options = Stack.Options with
        {
            Extras = new ServerExtras
            {
                Image = name =>
                    Variants.FirstOrDefault(variant => SurvivesStage.Hostname(Stack, variant.Key) == name).Value ?? ImageVariant.None,
            },
        };
        // After a failure nothing new starts: the next run reports the next server.
        for (var runs = 0; runs < 2 * Variants.Count && Reported.Count < Variants.Count; runs++)
        {
            foreach (var failure in (await Stack.UpAgainAsync()).Failures)
            {
                Reported.TryAdd(failure.Name.Replace("-ready", "", StringComparison.Ordinal), failure.Message);
            }
        }
    }

    /// <summary>Seconds from the boot of a server to its first failure, by its phase timeline and its journal.</summary>
    internal async Task<double> SecondsToFailureAsync(string node)
    {
        var answer = await Stack.InsideAsync(node, "sh", "-c",
            "journalctl -b -o short-monotonic --no-pager | awk -F'[][]' '/error: /{ print $2; exit }'; journalctl -b -o "
                + "short-monotonic --no-pager | awk -F'[][]' 'NR == 1 { print $2 }'");
        var times = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(text => double.Parse(text.Trim(), System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.True(times.Length == 2, $"{node}: no error in the journal: {answer.Output}{answer.Errors}");
        return times[0] - times[1];
    }

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
