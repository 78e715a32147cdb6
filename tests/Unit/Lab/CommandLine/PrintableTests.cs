using Infra.Cli.CommandLine;
using Infra.Lab.Stacks;

namespace Infra.Tests.Unit.Lab.CommandLine;

/// <summary>Text of others in a terminal.</summary>
public sealed class PrintableTests
{
    [Theory]
    [InlineData("Grüße, 世界: naïve\n\tline two", "Grüße, 世界: naïve\n\tline two")]
    [InlineData("\u001b[2Ja\u009b1mb\u0007\rc\u007f", "\ufffd[2Ja\ufffd1mb\ufffd\ufffdc\ufffd")]
    [InlineData("a\u202eb\u2066c\u200bd\u00ade\ufefff\u2028g\u2029h\u0085i", "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\ufffdh\ufffdi")]
    [InlineData("a\ue000b", "a\ufffdb")]
    [InlineData("e\u0301\u0301\u0301\u0301\u0301\u0301x", "e\u0301\u0301\u0301\u0301\ufffd\ufffdx")]
    public void Nothing_moves_the_cursor_turns_the_text_or_hides(string text, string shown) => Assert.Equal(shown, Printable.Text(text));

    [Fact]
    public void Half_a_letter_is_none() => Assert.Equal("a\ufffdb", Printable.Text($"a{(char)0xd800}b"));

    [Fact]
    public void A_line_stays_one_and_ends() =>
        Assert.Equal("a b" + new string('c', 7) + "...", Printable.Line("a\nb" + new string('c', 90), 10));

    [Fact]
    public void An_error_of_whatever_kind_is_printed_clean()
    {
        using var error = new StringWriter();
        new Terminal(TextWriter.Null, error, interactive: false).WriteError("did not answer: 400 \u001b]0;x\u0007\u202e");
        Assert.Equal($"did not answer: 400 \ufffd]0;x\ufffd\ufffd{Environment.NewLine}", error.ToString());
    }

    [Theory]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":[{"message":{"content":5}}]}""")]
    [InlineData("""{"choices":5}""")]
    [InlineData("""{"choices":[],"choices":[]}""")]
    [InlineData("null")]
    [InlineData("<html>")]
    public void A_broken_answer_is_reported_in_one_message(string body) =>
        Assert.StartsWith("status 200 without an answer: ",
            Assert.Throws<HttpRequestException>(() => EndpointClient.Content("generate", body)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_phase_timeline_with_other_types_in_it_is_read_as_far_as_it_goes() =>
        Assert.Equal(["weights"], PhaseTimeline.Parse("""
            {"phase":5,"event":"start","monotonicSeconds":1,"boot":"a"}
            {"phase":null,"event":"start","monotonicSeconds":1,"boot":"a"}
            {"phase":"x","event":"start","monotonicSeconds":"1","boot":"a"}
            []
            {"phase":"weights","event":"start","monotonicSeconds":1,"boot":"a"}
            {"phase":"we
            """).Select(entry => entry.Phase));
}
