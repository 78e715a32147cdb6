using System.Security.Cryptography;
using System.Text;
using Infra.Cli.Project;
using Infra.Planning.Errors;

namespace Infra.Tests.Unit.Config;

/// <summary>Which stack a command means that names none. Files of the CLI are as Pulumi 3.259.0 wrote them.</summary>
public sealed class SelectedStackTests : IDisposable
{
    private const string Service = "https://api.pulumi.com";
    private const string Local = "file:///var/states";

    private readonly string _folder = Directory.CreateTempSubdirectory("infra-selected-").FullName;
    private readonly Dictionary<string, string> _variables;

    public SelectedStackTests()
    {
        _variables = new(StringComparer.Ordinal) { ["PULUMI_HOME"] = Path.Combine(_folder, "home") };
        Write("name: inference\nruntime: dotnet\n", "Pulumi.yaml");
        foreach (var stack in new[] { "dev", "prod", "staging" })
        {
            Write("config: {}\n", $"Pulumi.{stack}.yaml");
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_dev_where_nobody_selected_one()
    {
        Assert.Equal(new("dev", null), Selected());
        File.Delete(Path.Combine(_folder, "Pulumi.dev.yaml"));
        Assert.Equal(new("dev", null), Selected());
    }

    [Theory]
    [InlineData("prod")]
    [InlineData("acme/prod")]
    [InlineData("organization/inference/prod")]
    public void The_variable_comes_before_the_selection(string named)
    {
        Select($$"""{ "stacks": { "{{Local}}": "organization/inference/staging" } }""");
        _variables["PULUMI_STACK"] = named;
        Assert.Equal(new("prod", "PULUMI_STACK"), Selected());
    }

    [Fact]
    public void It_is_what_was_selected_for_the_backend()
    {
        Select($$"""{ "stacks": { "{{Service}}": "acme/inference/prod", "{{Local}}": "organization/inference/staging" } }""");
        Assert.Equal("dev", Selected().Name); // nobody is logged in
        Write($$"""{ "current": "{{Service}}" }""", "home", "credentials.json");
        Assert.Equal(new("prod", "pulumi stack select"), Selected());
        Write($"name: inference\nruntime: dotnet\nbackend: {{url: \"{Local}\"}}\n", "Pulumi.yaml");
        Assert.Equal("staging", Selected().Name);
        _variables["PULUMI_BACKEND_URL"] = Service;
        Assert.Equal("prod", Selected().Name);
    }

    [Theory]
    [InlineData("""{ "stacks": { "file://~": "organization/inference/prod" } }""", "prod")]
    [InlineData("""{ "stack": "acme/inference/prod" }""", "prod")]
    [InlineData("""{ "stack": "acme/inference/prod", "stacks": { "file:///a": "x/y/staging", "file:///b": "x/y/dev" } }""", "prod")]
    [InlineData("{}", "dev")]
    [InlineData("", "dev")]
    [InlineData("[1]", "dev")]
    [InlineData("{ \"stacks\": { \"file://~\": 5 } }", "dev")]
    [InlineData("{ \"stacks\": [", "dev")]
    public void A_selection_is_read_whatever_the_file_has(string settings, string stack)
    {
        Select(settings);
        Assert.Equal(stack, Selected().Name);
    }

    [Fact]
    public void A_selected_stack_without_a_file_is_named_with_who_selected_it()
    {
        _variables["PULUMI_STACK"] = "prot";
        var error = Assert.Single(Assert.Throws<ConfigurationException>(() => Selected()).Errors);

        Assert.Equal(("stack", "prot"), (error.Key, error.Value));
        Assert.Contains("is selected by PULUMI_STACK and has no file Pulumi.prot.yaml", error.Problem, StringComparison.Ordinal);
        Assert.Contains("the stacks there are dev, prod, staging", error.Problem, StringComparison.Ordinal);
        Assert.Equal("./infra preview prod", error.Fix);
    }

    private SelectedStack Selected() => SelectedStack.Of(PulumiProject.Find(_folder), _variables.GetValueOrDefault);

    private void Select(string settings)
    {
        var file = Encoding.UTF8.GetBytes(Path.Combine(_folder, "Pulumi.yaml"));
#pragma warning disable CA5350 // The CLI names its files so.
        Write(settings, "home", "workspaces", $"inference-{Convert.ToHexStringLower(SHA1.HashData(file))}-workspace.json");
#pragma warning restore CA5350
    }

    private void Write(string text, params ReadOnlySpan<string> path)
    {
        var file = Path.Combine([_folder, .. path]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
