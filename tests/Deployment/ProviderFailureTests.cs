using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Infra.Planning.Plan;
using Infra.Stacks;
using Infra.Tests.Unit.Config;
using Pulumi;
using Pulumi.Testing;

namespace Infra.Tests.Deployments;

/// <summary>DigitalOcean cannot be asked for its sizes: one message with the fix, no trace, and nothing is declared.</summary>
[Collection(SerialDeployments.Name)]
public sealed partial class ProviderFailureTests
{
    private const string Token = "dop_v1_0123456789abcdef";
    private static readonly string[] s_regions = ["tor1"];
    private static readonly string[] s_declaring = ["stacks", "components"];
    private static readonly ProviderToken s_none = new(null, null);
    private static readonly ProviderToken s_variable = new("DIGITALOCEAN_TOKEN", Token);

    /// <summary>A gRPC error around the messages of engine, bridge, provider and godo.</summary>
    private static string Grpc(string words) =>
        "Status(StatusCode=\"Unknown\", Detail=\"invocation of digitalocean:index/getSizes:getSizes returned an error: "
            + $"invoking digitalocean:index/getSizes:getSizes: 1 error occurred:\n\t* {words}\n\n\")";

    private static string Godo(int status, string message) =>
        Grpc(
            $"Error retrieving sizes: GET https://api.digitalocean.com/v2/sizes?page=1&per_page=200: {status} (request "
                + $"\"6f7a\") {message}");

    public static TheoryData<string> Failures =>
    [
        Godo(401, "Unable to authenticate you"),
        Godo(403, "You are not authorized to perform this operation"),
        Godo(404, "The resource you were accessing could not be found."),
        Godo(418, "I'm a teapot"),
        Godo(429, "API Rate limit exceeded.; giving up after 5 attempt(s)"),
        Godo(500, "Server Error; giving up after 5 attempt(s)"),
        Godo(503, "Service Unavailable; giving up after 5 attempt(s)"),
        Grpc(
            "Error retrieving sizes: Get \"https://api.digitalocean.com/v2/sizes\": dial tcp: lookup api.digitalocean.com on "
                + "127.0.0.53:53: no such host"),
        Grpc(
            "Error retrieving sizes: Get \"https://api.digitalocean.com/v2/sizes\": tls: failed to verify certificate: x509: "
                + "certificate signed by unknown authority"),
        Grpc(
            "Error retrieving sizes: Get \"https://api.digitalocean.com/v2/sizes\": net/http: invalid header field value for "
                + "\"Authorization\""),
        "Status(StatusCode=\"Unknown\", Detail=\"no resource plugin 'pulumi-resource-digitalocean' found in the workspace at "
            + "version v4.76.0\")",
        "Status(StatusCode=\"Unavailable\", Detail=\"error reading from server: EOF\", DebugException=\"System.IO.IOException: gone\")",
        "Invoke of 'digitalocean:index/getSizes:getSizes' failed: something ()",
        "",
    ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Nothing_is_declared_when_digitalocean_cannot_be_asked_and_no_trace_is_shown(string text)
    {
        foreach (var preview in new[] { true, false })
        {
            var mocks = new FailingMocks(new InvalidOperationException(text));
            var failure = await Assert.ThrowsAsync<RunException>(() => RunAsync(mocks, preview));
            Assert.Contains("\n  fix: ", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("unhandled exception", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", failure.Message, StringComparison.Ordinal);
            Assert.Equal(2, failure.Message.Split('\n').Length);
            Assert.Equal(0, mocks.Registered);
        }
    }

    [Theory]
    [InlineData(401, "DIGITALOCEAN_TOKEN", "is not a token that DigitalOcean accepts",
        "create a new one at https://cloud.digitalocean.com/account/api/tokens")]
    [InlineData(403, "DIGITALOCEAN_TOKEN", "sizes:read", "docs/operations.md")]
    [InlineData(404, "DIGITALOCEAN_API_URL", "is not the address of DigitalOcean's API", "unset DIGITALOCEAN_API_URL")]
    [InlineData(429, "DigitalOcean", "too many requests", "wait")]
    [InlineData(502, "DigitalOcean", "has an internal error", "status.digitalocean.com")]
    public void Each_refusal_has_its_own_fix(int status, string key, string problem, string fix)
    {
        var error = ProviderFailure.Explain(Godo(status, "words of the API"), s_variable);
        Assert.Equal(key, error.Key);
        Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        Assert.Contains("words of the API", error.Problem, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Unable to authenticate you", "is not a token that DigitalOcean accepts")]
    [InlineData("token credentials are required", "is not a token that DigitalOcean accepts")]
    [InlineData("You are missing the required permission sizes:read", "its scopes lack sizes:read")]
    public void The_words_of_the_api_are_enough_where_its_status_is_missing(string words, string problem) =>
        Assert.Contains(problem, ProviderFailure.Explain(words, s_variable).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_token_that_is_not_set_differs_from_a_wrong_one()
    {
        var missing = ProviderFailure.Explain(Godo(401, "Unable to authenticate you"), s_none);
        Assert.Contains("is not set", missing.Problem, StringComparison.Ordinal);
        Assert.StartsWith("export DIGITALOCEAN_TOKEN=", missing.Fix, StringComparison.Ordinal);
        var configured = ProviderFailure.Explain(Godo(401, "Unable to authenticate you"), new("digitalocean:token", null));
        Assert.Contains("pulumi config set --secret digitalocean:token", configured.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dial tcp: lookup api.digitalocean.com: no such host")]
    [InlineData("dial tcp 104.16.181.15:443: connect: connection refused")]
    [InlineData("net/http: TLS handshake timeout")]
    [InlineData("context deadline exceeded (Client.Timeout exceeded while awaiting headers)")]
    [InlineData("proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout")]
    [InlineData("unexpected EOF")]
    public void A_network_failure_is_not_blamed_on_the_token(string words)
    {
        var error = ProviderFailure.Explain(
            Grpc($"Error retrieving sizes: Get \"https://api.digitalocean.com/v2/sizes\": {words}"), s_none);
        Assert.Contains("is unreachable from this machine", error.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("DIGITALOCEAN_TOKEN", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_itself_is_never_shown() =>
        Assert.DoesNotContain(Token, ProviderFailure.Explain(Grpc($"proxy refused Authorization: Bearer {Token}"), s_variable).ToString(),
            StringComparison.Ordinal);

    [Fact]
    public void The_token_is_looked_for_where_the_provider_looks()
    {
        Assert.Equal("digitalocean:token", ProviderToken.Find(true, _ => Token).Source);
        Assert.Equal("DIGITALOCEAN_TOKEN", ProviderToken.Find(false, _ => Token).Source);
        Assert.Equal("DIGITALOCEAN_ACCESS_TOKEN",
            ProviderToken.Find(false, name => name == "DIGITALOCEAN_ACCESS_TOKEN" ? Token : "").Source);
        Assert.Null(ProviderToken.Find(false, _ => null).Source);
    }

    public static TheoryData<string> OddAnswers => ["none", "empty", "no slug", "no regions", "price", "twice"];

    [Theory]
    [MemberData(nameof(OddAnswers))]
    public async Task An_answer_in_another_format_causes_no_stack_trace(string shape)
    {
        static ImmutableDictionary<string, object> Size(params (string, object)[] members) =>
            Sdk.Mocks.State([("available", true), .. members]);
        object[] sizes = shape switch
        {
            "no slug" => [Size(("regions", s_regions), ("priceHourly", 0.76))],
            "no regions" => [Size(("slug", "gpu-4000adax1-20gb"), ("priceHourly", 0.76))],
            "price" => [Size(("slug", "gpu-4000adax1-20gb"), ("regions", s_regions), ("priceHourly", 1e300))],
            "twice" => [.. Enumerable.Repeat(Size(("slug", "gpu-h100x1-80gb"), ("regions", s_regions), ("priceHourly", 0.76)), 2)],
            _ => [],
        };
        var mocks = new FailingMocks(null, shape == "none" ? Sdk.Mocks.State(("id", "i")) : Sdk.Mocks.State(("id", "i"), ("sizes", sizes)));
        var failure = await Assert.ThrowsAsync<RunException>(() => RunAsync(mocks, preview: true));
        Assert.Contains("\n  fix: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("unhandled exception", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, mocks.Registered);
    }

    [Fact]
    public async Task A_stack_whose_volumes_would_have_the_names_of_anothers_stops_before_anything_is_declared()
    {
        var mocks = new FailingMocks(null, Sdk.Mocks.State(
            ("id", "i"), ("tags", new object[] { Sdk.Mocks.State(("name", "inference:dev-eu:chat")), Sdk.Mocks.State(("name", "web")) })));
        var failure = await Assert.ThrowsAsync<RunException>(() => RunWithVolumeAsync(mocks));
        Assert.Contains("has Volumes with the same names as endpoint chat of stack dev-eu", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, mocks.Registered);
    }

    [Fact]
    public async Task A_token_that_may_not_read_tags_is_named_with_the_scope()
    {
        var failure = await Assert.ThrowsAsync<RunException>(() => RunWithVolumeAsync(new FailingMocks(
            new InvalidOperationException(Godo(403, "You are not authorized")))));
        Assert.Contains("its scopes lack tag:read", failure.Message, StringComparison.Ordinal);
    }

    private static async Task RunWithVolumeAsync(FailingMocks mocks) => await Deployment.TestAsync(
        mocks, new TestOptions { IsPreview = true, StackName = "dev" },
        () => InferenceProgram.DefineAsync(
            StackPlan.Read(Configs.With(
                ("endpoints.chat", null),
                ("endpoints.eu-chat", $"{{\"model\": \"{Configs.Model}\", \"cacheVolumeGiB\": 30}}"))),
            new() { AccountTags = DigitalOceanAccount.TagsAsync }));

    [Fact]
    public async Task A_cli_that_is_too_old_ends_the_program_with_the_fix_before_anything_is_declared()
    {
        var mocks = new FailingMocks(null);
        using var errors = new StringWriter();
        var answer = new TaskCompletionSource();
        // As in the SDK, which watches the check that it returns: the run ends at its exception, whatever the program does with it.
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Deployment.TestAsync(
            mocks, new TestOptions(), async () =>
            {
                Output.Create(answer.Task).Apply(_ => 0);
                var check = PulumiVersion.RequireAsync(_ => answer.Task, errors);
                answer.SetException(new NotSupportedException("Pulumi CLI version 3.200.0 does not satisfy the version range"));
                await check;
                _ = new Pulumi.DigitalOcean.Tag("never");
                return (IDictionary<string, object?>)new Dictionary<string, object?>();
            }));
        await PulumiVersion.WhenReportedAsync();

        Assert.Contains("3.200.0", failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            $"Pulumi CLI: this program needs version {PulumiVersion.Required}: Pulumi CLI version 3.200.0 does not satisfy the version "
                + "range\n  fix: https://www.pulumi.com/docs/install/\n", errors.ToString(), ignoreLineEndingDifferences: true);
        Assert.Equal(0, mocks.Registered);
    }

    [Fact]
    public async Task The_program_waits_until_the_fix_is_written_however_long_that_takes()
    {
        using var errors = new SlowWriter();
        var check = PulumiVersion.RequireAsync(_ => throw new NotSupportedException("too old"), errors);
        var reported = PulumiVersion.WhenReportedAsync();
        Assert.False(reported.IsCompleted);
        errors.Written.SetResult();
        await reported;
        await Assert.ThrowsAsync<NotSupportedException>(() => check);
    }

    /// <summary>The official SDK may lose it: see offline/Pulumi/Deployments/Deployment.cs.</summary>
    [Fact]
    public void No_error_is_logged_where_an_exception_would_end_the_program()
    {
        var logged = s_declaring
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(StackFiles.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => File.ReadAllText(file) is var text
                && (LoggedError().IsMatch(text) || LoggedThenThrown().IsMatch(text)));
        Assert.Empty(logged);
    }

    [Fact]
    public void Program_project_and_readme_ask_for_the_same_cli()
    {
        var floor = Floor().Match(PulumiVersion.Required).Groups["version"].Value;
        Assert.Contains($"requiredPulumiVersion: \"{PulumiVersion.Required}\"",
            File.ReadAllText(Path.Combine(StackFiles.Root, "Pulumi.yaml")), StringComparison.Ordinal);
        Assert.Contains($"{floor} or newer", File.ReadAllText(Path.Combine(StackFiles.Root, "README.md")), StringComparison.Ordinal);
    }

    private static async Task RunAsync(FailingMocks mocks, bool preview) => await Deployment.TestAsync(
        mocks, new TestOptions { IsPreview = preview, StackName = "dev" },
        () => InferenceProgram.DefineAsync(StackPlan.Read(Configs.With()), new() { LiveSizes = InferenceProgram.AskDigitalOceanAsync }));

    [GeneratedRegex(@"\bLog\.(Error|Exception)\(")]
    private static partial Regex LoggedError();

    [GeneratedRegex(@"\bLog\.\w+\([^;]*;\s*throw\b")]
    private static partial Regex LoggedThenThrown();

    [GeneratedRegex(@">=(?<version>3\.\d+)\.0")]
    private static partial Regex Floor();

    /// <summary>A standard error that is full.</summary>
    private sealed class SlowWriter : StringWriter
    {
        public TaskCompletionSource Written { get; } = new();

        public override async Task WriteLineAsync(string? value)
        {
            await Written.Task;
            await base.WriteLineAsync(value);
        }
    }

    /// <summary>The provider's function fails or answers; no resource is expected.</summary>
    private sealed class FailingMocks(Exception? failure, object? answer = null) : IMocks
    {
        public int Registered;

        public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
        {
            Interlocked.Increment(ref Registered);
            return Task.FromResult<(string?, object)>(("id", args.Inputs));
        }

        public Task<object> CallAsync(MockCallArgs args) =>
            failure is null ? Task.FromResult(answer!) : Task.FromException<object>(failure);
    }
}
