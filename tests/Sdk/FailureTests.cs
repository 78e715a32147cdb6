using Pulumi;
using Pulumi.DigitalOcean;
using Pulumi.Utilities;

namespace Infra.Tests.Sdk;

/// <summary>What fails a deployment, and with which message.</summary>
[Collection(SerialRuns.Name)]
public sealed class FailureTests
{
    [Fact]
    public async Task A_user_error_is_only_its_message()
    {
        var exception = await Failure(() => throw new RunException("region: 'x1' is unknown"));
        Assert.Equal("region: 'x1' is unknown", exception.Message);
    }

    [Fact]
    public async Task A_derived_user_error_is_only_its_message_as_well()
    {
        var exception = await Failure(() => throw new DerivedError("message"));
        Assert.Equal("message", exception.Message);
    }

    [Fact]
    public async Task Any_other_exception_is_printed_with_its_stack_trace()
    {
        var exception = await Failure(() => throw new InvalidOperationException("a bug"));
        Assert.Contains("failed with an unhandled exception", exception.Message, StringComparison.Ordinal);
        Assert.Contains("a bug", exception.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Any_other_exception_is_printed_with_its_stack_trace), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_about_a_resource_may_hide_its_stack_trace()
    {
        var exception = await Failure(() => throw new ResourceException("about a tag", new Tag("t"), hideStack: true));
        Assert.Equal("about a tag", exception.Message);
    }

    [Fact]
    public async Task An_asynchronous_program_fails_the_same_way()
    {
        var exception = await Assert.ThrowsAsync<RunException>(() => Deployment.TestAsync(new Mocks(), new(), async () =>
        {
            await Task.Yield();
            throw new RunException("later");
        }));
        Assert.Equal("later", exception.Message);
    }

    [Fact]
    public async Task A_failure_in_apply_fails_the_deployment_though_no_one_reads_the_output()
    {
        var exception = await Failure(() => Output.Create("in apply").Apply(Fail));
        Assert.Equal("in apply", exception.Message);
    }

    [Fact]
    public async Task A_failure_in_a_later_apply_fails_the_deployment_too()
    {
        var exception = await Failure(() => new Tag("t").Id.Apply(async id =>
        {
            await Task.Yield();
            return id.Length > 100 ? id : throw new RunException("after a while");
        }));
        Assert.Equal("after a while", exception.Message);
    }

    /// <summary>
    /// The output and the property that it is fail, the second with a trace. The SDK reports the one that its task sees first, or both.
    /// </summary>
    [Fact]
    public async Task A_user_error_in_an_output_that_is_a_property_may_have_the_property_and_a_stack_trace()
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => new Mocks().RunAsync(() =>
            _ = new Tag("t", new() { Name = new Tag("v").Id.Apply(FailLater) })));
        var failures = exception is AggregateException several ? several.InnerExceptions : [exception];
        Assert.All(failures, failure => Assert.True(
            failure.Message == "no tag of v-id"
                || (failure.Message.Contains("error serializing property \"name\": no tag of v-id", StringComparison.Ordinal)
                    && failure.Message.Contains(nameof(FailLater), StringComparison.Ordinal)),
            failure.Message));
    }

    [Fact]
    public async Task A_failure_in_an_awaited_output_is_only_its_message()
    {
        var options = new Pulumi.Testing.TestOptions { IsPreview = false };
        var exception = await Assert.ThrowsAsync<RunException>(() => Deployment.TestAsync(new Mocks(), options, async () =>
        {
            var id = await OutputUtilities.GetValueAsync(new Tag("v").Id);
            _ = new Tag("t", new() { Name = await FailLater(id) });
        }));
        Assert.Equal("no tag of v-id", exception.Message);
    }

    [Fact]
    public async Task One_failure_is_reported_once_however_many_outputs_were_made_from_it()
    {
        var exception = await Failure(() =>
        {
            var failed = Output.Create("once").Apply(Fail);
            _ = Output.Format($"{failed.Apply(value => value + 1)} {failed}");
        });
        Assert.Equal("once", exception.Message);
    }

    [Fact]
    public async Task A_logged_error_fails_the_deployment()
    {
        var exception = await Failure(() => Log.Error("no good"));
        Assert.Equal("no good", exception.Message);
    }

    [Fact]
    public async Task Several_logged_errors_are_reported_together()
    {
        var exception = await Assert.ThrowsAsync<AggregateException>(() => new Mocks().RunAsync(() =>
        {
            Log.Error("one");
            Log.Error("two");
        }));
        Assert.Equal(["one", "two"], exception.InnerExceptions.Select(inner => inner.Message).Order());
        Assert.All(exception.InnerExceptions, inner => Assert.IsType<RunException>(inner));
    }

    /// <summary>The official SDK sends it in the background and may end before; the offline one always loses it.</summary>
    [Fact]
    public async Task An_error_that_was_logged_before_an_exception_may_be_lost_and_the_exception_is_not()
    {
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => new Mocks().RunAsync(() =>
        {
            Log.Error("logged");
            throw new RunException("thrown");
        }));
        var messages = exception is AggregateException several
            ? several.InnerExceptions.Select(inner => inner.Message)
            : [exception.Message];
        Assert.Contains("thrown", messages);
        Assert.Empty(messages.Except(["logged", "thrown"]));
    }

    [Fact]
    public Task Messages_that_are_no_errors_change_nothing() =>
        new Mocks().RunAsync(() =>
        {
            Log.Debug("debug");
            Log.Info("info");
            Log.Warn("warn", new Tag("t"));
        });

    [Fact]
    public async Task A_provider_that_fails_fails_the_deployment_and_what_depends_on_it_is_not_registered()
    {
        var mocks = new Mocks { Answer = args => throw new InvalidOperationException($"no {args.Name} for you") };
        // The other failures follow from the first one; the message may contain them or not.
        var exception = await Assert.ThrowsAnyAsync<Exception>(() => mocks.RunAsync(() =>
        {
            var first = new Tag("first");
            _ = new Tag("second", new() { Name = first.Id });
        }));
        var failures = exception is AggregateException several ? several.InnerExceptions : [exception];
        Assert.All(failures,
            failure => Assert.Contains("no first for you", Assert.IsType<RunException>(failure).Message, StringComparison.Ordinal));
        Assert.Equal("first", Assert.Single(mocks.Registered).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_resource_needs_a_name(string? name)
    {
        var exception = await Failure(() => _ = new Tag(name!));
        Assert.Contains("name", exception.Message, StringComparison.Ordinal);
    }

    private static Task<RunException> Failure(Action program) => Assert.ThrowsAsync<RunException>(() => new Mocks().RunAsync(program));

    private static int Fail(string message) => throw new RunException(message);

    private static async Task<string> FailLater(string id)
    {
        await Task.Yield();
        throw new RunException($"no tag of {id}");
    }

    private sealed class DerivedError(string message) : RunException(message);
}
