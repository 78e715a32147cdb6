using Infra.Lab.Stacks;

namespace Infra.Tests.Unit.Lab;

public sealed class SystemPromptTests
{
    private const string Model = "mistralai/Ministral-3-3B-Instruct-2512";
    private static readonly DateOnly Today = new(2026, 3, 1);

    [Fact]
    public void Names_and_dates_are_filled_in_and_other_braces_stay() => Assert.Equal(
        """{"role":"system","content":"You are Ministral-3-3B-Instruct-2512 on 2026-03-01, after 2026-02-28. \\boxed{x} {other}"}""",
        SystemPrompt.Message("You are {name} on {today}, after {yesterday}. \\boxed{x} {other}\n", Model, Today)!.ToJsonString());

    [Fact]
    public void What_is_between_the_tokens_of_thinking_is_a_part_of_its_own() => Assert.Equal(
        """{"role":"system","content":[{"type":"text","text":"Draft."},{"type":"thinking","thinking":"thoughts","closed":true},{"type":"text","text":"Answer."}]}""",
        SystemPrompt.Message("Draft.[THINK]thoughts[/THINK]Answer.", Model, Today)!.ToJsonString());

    [Theory]
    [InlineData("Before[THINK]never ends")]
    [InlineData("[/THINK]before it began[THINK]")]
    public void Half_a_thought_is_text(string text) =>
        Assert.Equal(text, SystemPrompt.Message(text, Model, Today)!["content"]!.GetValue<string>());

    [Theory]
    [InlineData("")]
    [InlineData(" \n\u0000\u001b")]
    public void An_empty_text_is_no_message(string text) => Assert.Null(SystemPrompt.Message(text, Model, Today));

    [Fact]
    public void Control_characters_are_left_out_and_a_text_without_end_is_cut()
    {
        Assert.Equal("a[31mb\n\tc", SystemPrompt.Message("a\u001b[31mb\n\tc\r\u0007", Model, Today)!["content"]!.GetValue<string>());
        Assert.Equal(SystemPrompt.MostCharacters,
            SystemPrompt.Message(new string('x', 1 << 20), Model, Today)!["content"]!.GetValue<string>().Length);
    }
}
