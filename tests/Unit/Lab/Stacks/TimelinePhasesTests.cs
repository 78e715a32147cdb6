using Infra.Lab.Stacks;

namespace Infra.Tests.Unit.Lab.Stacks;

/// <summary>The phases of a node as views print them.</summary>
public sealed class TimelinePhasesTests
{
    private static readonly (string Phase, string Event, double At)[] s_firstBoot =
    [
        ("weights", "start", 10), ("weights", "end", 14), ("vllm", "start", 20), ("ready", "start", 20.5), ("ready", "end", 24),
    ];

    [Fact]
    public void The_start_of_an_engine_is_over_when_it_has_answered() =>
        Assert.Equal("weights 4.0 s, vllm 4.0 s, ready 3.5 s", Line(s_firstBoot));

    [Fact]
    public void The_start_time_of_an_engine_does_not_include_its_stop_for_a_change() =>
        Assert.Equal("weights 4.0 s, vllm 4.0 s, ready 3.5 s", Line([.. s_firstBoot, ("ready", "stop", 284.5), ("vllm", "stop", 284.7)]));

    [Fact]
    public void An_engine_that_starts_again_has_not_answered_before_it_started() =>
        Assert.Equal("weights 4.0 s, ready 3.5 s, vllm ...",
            Line([.. s_firstBoot, ("ready", "stop", 640), ("vllm", "stop", 642), ("vllm", "start", 643)]));

    [Fact]
    public void The_second_start_of_an_engine_counts_from_itself() =>
        Assert.Equal("weights 4.0 s, vllm 5.0 s, ready 4.0 s",
            Line([.. s_firstBoot, ("ready", "stop", 640), ("vllm", "stop", 642), ("vllm", "start", 643), ("ready", "start", 644),
                ("ready", "end", 648)]));

    [Fact]
    public void An_engine_that_fails_after_it_has_answered_has_failed() =>
        Assert.Equal("weights 4.0 s, vllm failed, ready 3.5 s", Line([.. s_firstBoot, ("vllm", "failed", 300)]));

    [Fact]
    public void An_earlier_boot_is_left_out() =>
        Assert.Equal("vllm ...", PhaseTimeline.Line(
            PhaseTimeline.Phases([new("weights", "start", 900, "a"), new("weights", "end", 910, "a"), new("vllm", "start", 12, "b")])));

    [Fact]
    public void A_clock_that_restarts_means_another_boot_and_no_phase_has_a_negative_duration() =>
        Assert.Equal("vllm 3.0 s, ready 2.0 s",
            Line([.. s_firstBoot, ("vllm", "start", 643), ("vllm", "start", 12), ("ready", "start", 13), ("ready", "end", 15)]));

    [Fact]
    public void Lines_that_units_wrote_at_once_may_come_in_any_order() =>
        Assert.Equal("weights 4.0 s, vllm 1.0 s",
            Line([("weights", "end", 14), ("weights", "start", 10), ("vllm", "failed", 13), ("vllm", "start", 15), ("vllm", "stop", 16)]));

    [Theory]
    [InlineData("1e999")]
    [InlineData("-1e308")]
    [InlineData("1e308")]
    public void An_impossible_time_is_ignored(string time) => Assert.Equal(12.5, Assert.Single(PhaseTimeline.Parse(
        $$"""
        {"phase":"weights","event":"start","monotonicSeconds":{{time}},"boot":"a"}
        {"phase":"weights","event":"start","monotonicSeconds":12.5,"boot":"a"}
        """)).MonotonicSeconds);

    private static string Line((string Phase, string Event, double At)[] events) =>
        PhaseTimeline.Line(PhaseTimeline.Phases([.. events.Select(entry => new PhaseEvent(entry.Phase, entry.Event, entry.At, "a"))]));
}
