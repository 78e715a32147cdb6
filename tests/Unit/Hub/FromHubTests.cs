using System.Text.Json;
using Infra.Cli.CommandLine;
using Infra.Cli.Hub;
using Infra.Cli.Plan;
using Infra.Planning.Errors;
using Infra.Planning.Hub;
using Infra.Tests.Unit.Lab.Mirrors;

namespace Infra.Tests.Unit.Hub;

/// <summary><c>./infra plan --from-hub</c> over HTTP: against a hub that may say anything, and against the lab's.</summary>
public sealed class FromHubTests
{
    private const string Token = "hf_0123456789abcdefghij";
    private static readonly HubAddress Address = HubAddress.Of("acme/Ministral-3-8B-Instruct-2512");

    [Fact]
    public async Task The_proposed_row_works_with_plan()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        var (status, row, _) = await RunAsync("plan", "--from-hub", Address.Id, "--hub", hub.Url, "--json");
        Assert.Equal(ExitCode.Fine, status);

        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, row, TestContext.Current.CancellationToken);
            var (planned, table, _) = await RunAsync(
                "plan", "--catalog", file, "--model", Address.Id, "--size", "gpu-h100x1-80gb", "--json");
            Assert.Equal(ExitCode.Fine, planned);
            using var fits = JsonDocument.Parse(table);
            Assert.True(fits.RootElement[0].GetProperty("fits").GetBoolean());
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task What_is_printed_has_the_file_the_lines_of_the_stack_and_the_commands()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        var (_, output, _) = await RunAsync("plan", "--from-hub", Address.Id, "--hub", hub.Url);
        var lines = output.Split('\n');
        Assert.Contains($"./infra plan --from-hub {Address.Id} --hub {hub.Url} --json > ministral-3-8b-instruct-2512.catalog.json", lines);
        Assert.Contains($"./infra plan --catalog ministral-3-8b-instruct-2512.catalog.json --model {Address.Id}", lines);
        Assert.Contains("  inference:catalog: ministral-3-8b-instruct-2512.catalog.json", lines);
        Assert.Contains("nodes fetch from an https address only", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_labs_hub_is_read_like_the_public_one()
    {
        await using var mirrors = await RunningMirrors.StartAsync();
        var address = HubAddress.Of(RunningMirrors.ModelId);
        var hub = mirrors.Address("huggingface.co", "");
        var client = new HubClient(mirrors.Client, hub, token: null, address, TimeSpan.FromSeconds(30));

        // The lab's weights are a few bytes, so the row is refused at the last check, after everything was read.
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => HubReader.ReadAsync(client, address, hub, TimeProvider.System));
        Assert.Contains("contradicts itself: the files have 0.0 GB, and the architecture in FP8 needs 4.7 GB", error.Message,
            StringComparison.Ordinal);

        var gated = HubAddress.Of("lab/gated");
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => HubReader.ReadAsync(
            new HubClient(mirrors.Client, hub, token: null, gated, TimeSpan.FromSeconds(30)), gated, hub, TimeProvider.System));
        Assert.Contains("is gated, and the hub denies access without a token", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ministral")]
    [InlineData("")]
    [InlineData("a/b/c")]
    [InlineData("../../etc")]
    [InlineData("acme/model@")]
    [InlineData("acme/..")]
    [InlineData("https://evil.example/acme/model")]
    public void What_is_no_repository_is_refused_before_any_request(string typed) => Assert.Contains("OWNER/NAME@REVISION",
        Assert.Throws<ConfigurationException>(() => HubAddress.Of(typed)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("acme/model", "main")]
    [InlineData("acme/model@v1.2", "v1.2")]
    [InlineData("https://huggingface.co/acme/model", "main")]
    [InlineData("https://huggingface.co/acme/model/tree/refs", "refs")]
    public void A_repository_may_have_a_revision_or_be_the_address_of_its_page(string typed, string revision)
    {
        var address = HubAddress.Of(typed);
        Assert.Equal(("acme/model", revision), (address.Id, address.Revision));
    }

    [Theory]
    [InlineData(401, "X-Error-Code: GatedRepo\r\n", "is gated, and the hub denies access without a token", "accept the licence on http")]
    [InlineData(403, "X-Error-Code: GatedRepo\r\n", "is gated", "accept the licence")]
    [InlineData(401, "", "does not exist on 127.0.0.1, or is not visible without a token", "HF_TOKEN in the environment, never")]
    [InlineData(404, "X-Error-Code: RepoNotFound\r\n", "is not on 127.0.0.1", "case-sensitive")]
    [InlineData(404, "X-Error-Code: RevisionNotFound\r\n", "has no revision main", "--from-hub acme/Ministral")]
    [InlineData(429, "", "limits requests (429", "a token has a higher limit")]
    [InlineData(503, "", "returns 503", "run it again")]
    [InlineData(418, "X-Error-Message: I am a \u001b[31mteapot\r\n", "teapot", "run it again")]
    public async Task A_refusal_of_the_hub_is_one_message(int status, string headers, string problem, string fix)
    {
        await using var hub = new StubHub();
        hub.Answers[$"/api/models/{Address.Id}/revision/main"] = new(status, "", headers);
        var error = await RefusedAsync(hub);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(error.Problem, char.IsControl);
    }

    [Theory]
    [InlineData("not json", "is not JSON")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("""{"sha": "main"}""", "has no commit (sha)")]
    [InlineData("", "is not JSON")]
    public async Task A_description_of_another_form_is_one_message(string body, string problem)
    {
        await using var hub = new StubHub();
        hub.Answers[$"/api/models/{Address.Id}/revision/main"] = new(200, body);
        Assert.Contains(problem, (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "", "is not a JSON array")]
    [InlineData("""[{"type": "file", "path": "config.json", "size": -1}]""", "", "without a usable size of config.json")]
    [InlineData("[]", "Link: <https://elsewhere.example/next>; rel=\"next\"\r\n", "continues on another host")]
    [InlineData("[]", $"Link: </api/models/acme/Ministral-3-8B-Instruct-2512/tree/{RepositoryFixture.Commit}>; rel=\"next\"\r\n",
        "without an end")]
    [InlineData("[]", "", "which is empty")]
    public async Task A_list_of_files_of_another_form_is_one_message(string body, string headers, string problem)
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        hub.Answers[$"/api/models/{Address.Id}/tree/{RepositoryFixture.Commit}"] = new(200, body, headers);
        Assert.Contains(problem, (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_does_not_answer_is_given_up()
    {
        await using var hub = new StubHub();
        hub.Answers[$"/api/models/{Address.Id}/revision/main"] = new(200, "") { Hangs = true };
        Assert.Contains("sent no complete answer within 0.3 s",
            (await RefusedAsync(hub, TimeSpan.FromSeconds(0.3))).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_ends_before_its_stated_length_is_one_message()
    {
        await using var hub = new StubHub();
        hub.Answers[$"/api/models/{Address.Id}/revision/main"] = new(200, "{}") { Length = 1000 };
        Assert.Contains("cannot be read", (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_not_read_to_its_end()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        var mebibyte = new string(' ', 1 << 20);
        hub.Answers[$"/{Address.Id}/resolve/{RepositoryFixture.Commit}/params.json"] =
            new(200, mebibyte) { Times = 64, Length = 64L << 20 };
        Assert.Contains("has more than 4 MiB", (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_and_only_the_hub_sees_the_token()
    {
        await using var hub = new StubHub();
        hub.Serve(Repositories.Ministral8B);
        var params_ = $"/{Address.Id}/resolve/{RepositoryFixture.Commit}/params.json";
        hub.Answers["/storage/params"] = hub.Answers[params_];
        hub.Answers[params_] = new(302, "", $"Location: {hub.Elsewhere}/storage/params\r\n");
        var proposal = await ReadAsync(hub, Token);
        Assert.Equal(34, proposal.Model.Architecture.Layers);
        Assert.All(hub.Requests, head => Assert.Equal(
            !head.StartsWith("GET /storage", StringComparison.Ordinal), head.Contains($"Bearer {Token}", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Location: /api/models/acme/Ministral-3-8B-Instruct-2512/revision/main\r\n", "is redirected more than 8 times")]
    [InlineData("Location: file:///etc/passwd\r\n", "to an address that is not https")]
    public async Task A_redirect_that_leads_nowhere_is_one_message(string location, string problem)
    {
        await using var hub = new StubHub();
        hub.Answers[$"/api/models/{Address.Id}/revision/main"] = new(302, "", location);
        Assert.Contains(problem, (await RefusedAsync(hub)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_one_message()
    {
        string url;
        await using (var hub = new StubHub())
        {
            url = hub.Url;
        }

        var (status, _, errors) = await RunAsync("plan", "--from-hub", Address.Id, "--hub", url);
        Assert.Equal(ExitCode.UserError, status);
        Assert.Contains("127.0.0.1 cannot be reached: Connection refused", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan --from-hub acme/model --context 4096", "--context has no effect on --from-hub")]
    [InlineData("plan --hub https://hub.example", "--hub: 'https://hub.example' is only for --from-hub")]
    [InlineData("plan --from-hub acme/model --hub ftp://hub.example", "is not the address of a hub")]
    [InlineData("plan --from-hub acme/model --hub https://me:word@hub.example", "is not the address of a hub")]
    public async Task Options_that_do_not_belong_together_are_refused(string typed, string problem)
    {
        var (status, _, errors) = await RunAsync(typed.Split(' '));
        Assert.Equal(ExitCode.UserError, status);
        Assert.Contains(problem, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("word@", errors, StringComparison.Ordinal);
    }

    private static async Task<UserError> RefusedAsync(StubHub hub, TimeSpan? patience = null) => Assert.Single(
        (await Assert.ThrowsAsync<ConfigurationException>(() => ReadAsync(hub, token: null, patience))).Errors);

    private static async Task<HubProposal> ReadAsync(StubHub hub, string? token, TimeSpan? patience = null)
    {
        using var http = HubHttp.Client();
        var url = new Uri(hub.Url);
        var client = new HubClient(http, url, token, Address, patience ?? TimeSpan.FromSeconds(60));
        return await HubReader.ReadAsync(client, Address, url, TimeProvider.System);
    }

    private static async Task<(int Status, string Output, string Errors)> RunAsync(params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal(output, error, interactive: false);
        var status = await InfraCommand.InvokeAsync(words, terminal, [PlanCommand.Create(terminal)]);
        return (status, output.ToString().ReplaceLineEndings("\n"), error.ToString());
    }
}
