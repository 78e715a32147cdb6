using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Infra.Planning.Config;
using Infra.Planning.Reading;

namespace Infra.Tests.Golden;

/// <summary>The tables of docs/config.md are written from the settings records and their comments.</summary>
public sealed partial class ConfigurationReferenceTests
{
    private static readonly Dictionary<string, string> Comments = XDocument
        .Load(Path.ChangeExtension(typeof(StackConfig).Assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, member => Text(member.Element("summary")));

    [Fact]
    public void The_reference_in_the_readme_names_every_setting()
    {
        var reference = new StringBuilder();
        Table(reference, "Stack", "inference:", typeof(StackConfig));
        reference.AppendLine(
            "| `inference:huggingFaceToken` | secret string | Token for gated repositories and higher rate limits. None of "
                + "the built-in models needs one. Set it with `pulumi config set --secret huggingFaceToken`. |");
        reference.AppendLine();
        Table(reference, "Endpoint", "endpoints.NAME.", typeof(EndpointConfig));
        reference.AppendLine();
        Table(reference, "Client", "endpoints.NAME.clients[].", typeof(ClientConfig));
        reference.AppendLine();
        Table(reference, "Engine", "engine.", typeof(EngineConfig));

        GoldenFile.MatchesSection("docs/config.md", "settings", reference.ToString().ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Every_setting_has_a_description()
    {
        var silent = new[] { typeof(StackConfig), typeof(EndpointConfig), typeof(ClientConfig), typeof(EngineConfig) }
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => string.IsNullOrWhiteSpace(Comment(property)))
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name}");

        Assert.Empty(silent);
    }

    private static void Table(StringBuilder text, string title, string prefix, Type settings)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"**{title}**");
        text.AppendLine();
        text.AppendLine("| key | type | meaning |");
        text.AppendLine("|---|---|---|");
        foreach (var property in settings.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| `{prefix}{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}` | {TypeName(property.PropertyType)} | "
                    + $"{Comment(property)} |");
        }
    }

    private static string Comment(PropertyInfo property) =>
        Comments.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}", "");

    private static string TypeName(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
        {
            return string.Join(" \\| ", ValueShape.WordsOf(type).Select(name => $"`{name}`"));
        }

        if (ValueShape.Of(type).Shorthand is { } member)
        {
            return $"{member} or object";
        }

        return type switch
        {
            _ when type == typeof(string) => "string",
            _ when type == typeof(bool) => "boolean",
            _ when type == typeof(int) || type == typeof(long) => "integer",
            _ when type == typeof(decimal) || type == typeof(double) => "number",
            { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) =>
                $"list of {TypeName(type.GetGenericArguments()[0])}",
            { IsGenericType: true } => "map by name",
            _ => "object",
        };
    }

    /// <summary>A comment as one line of Markdown.</summary>
    private static string Text(XElement? summary) => summary is null ? "" : Spaces().Replace(
        string.Concat(summary.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")?.Value.Split('.')[^1]}`",
            _ => node.ToString(),
        })),
        " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
