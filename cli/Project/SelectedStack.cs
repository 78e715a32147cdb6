using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Infra.Planning.Errors;
using Infra.Planning.Reading;

namespace Infra.Cli.Project;

/// <summary>
/// The stack of a command that names none, as the Pulumi CLI finds it (pkg/backend/state/stacks.go; pkg/workspace: workspace.go,
/// settings.go): that of <c>PULUMI_STACK</c>, or the one that <c>pulumi stack select</c> chose for the project and the backend.
/// </summary>
/// <param name="Name">Its name, without organization and project.</param>
/// <param name="Reason">Who selected it, as the begin of a sentence; null: nobody did, and it is <see cref="Default"/>.</param>
internal sealed record SelectedStack(string Name, string? Reason)
{
    public const string Default = "dev";

    private const string Variable = "PULUMI_STACK";

    /// <param name="project">The project.</param>
    /// <param name="variable">Gives environment variables.</param>
    /// <exception cref="ConfigurationException">The selected stack has no file.</exception>
    public static SelectedStack Of(PulumiProject project, Func<string, string?> variable)
    {
        var chosen = variable(Variable) is { Length: > 0 } named ? new(Bare(named), Variable)
            : FromWorkspace(project, variable) is { Length: > 0 } selected ? new(Bare(selected), "pulumi stack select")
            : new SelectedStack(Default, null);
        var stacks = project.Stacks;
        return chosen.Reason is null || stacks.Contains(chosen.Name, StringComparer.Ordinal) ? chosen
            : throw new ConfigurationException(new UserError("stack", chosen.Name,
                $"is selected by {chosen.Reason} and has no file Pulumi.{chosen.Name}.yaml in {project.StackFolder}"
                    + (stacks.Count > 0 ? $"; the stacks there are {string.Join(", ", stacks)}" : ""),
                $"./infra preview {NearMiss.Of(chosen.Name, stacks).Append(Default).First()}"));
    }

    /// <summary>Stacks of Pulumi's service are ORGANIZATION/PROJECT/STACK, and those of a folder organization/PROJECT/STACK.</summary>
    private static string Bare(string name) => name[(name.LastIndexOf('/') + 1)..];

    private static string? FromWorkspace(PulumiProject project, Func<string, string?> variable)
    {
        var home = variable("PULUMI_HOME") is { Length: > 0 } moved ? moved
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pulumi");
        var settings = Spellings(project, variable).Select(file => Json(Path.Combine(home, "workspaces", FileOf(project.Name, file))))
            .FirstOrDefault(static found => found is not null);
        if (settings is not { } root)
        {
            return null;
        }

        var legacy = Text(root, "stack");
        if (!root.TryGetProperty("stacks", out var stacks) || stacks.ValueKind != JsonValueKind.Object)
        {
            return legacy;
        }

        var backend = variable("PULUMI_BACKEND_URL") is { Length: > 0 } set ? set
            : project.Backend ?? (Json(Path.Combine(home, "credentials.json")) is { } login ? Text(login, "current") : null);
        // The backend may be written in another way than the CLI stores it: then only what is the same for all is known.
        return backend is not null && Text(stacks, backend) is { } exact ? exact
            : stacks.EnumerateObject().Select(entry => Text(stacks, entry.Name)).Distinct().ToArray() is [var only] ? only
            : legacy;
    }

    /// <summary>The project's file as the CLI spells it: it keeps links in the path of the current folder.</summary>
    private static IEnumerable<string> Spellings(PulumiProject project, Func<string, string?> variable)
    {
        yield return Path.Combine(project.Folder, PulumiProject.ProjectFile);
        var current = Environment.CurrentDirectory;
        if (current.StartsWith(project.Folder, StringComparison.Ordinal) && current[project.Folder.Length..] is var below
            && variable("PWD") is { Length: > 0 } linked && linked.EndsWith(below, StringComparison.Ordinal))
        {
            yield return Path.Join(linked[..^below.Length], PulumiProject.ProjectFile);
        }
    }

    private static string FileOf(string project, string file) =>
        // The CLI names it so; it protects nothing.
#pragma warning disable CA5350
        $"{project}-{Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(file)))}-workspace.json";
#pragma warning restore CA5350

    /// <summary>An object; null if there is none that can be read.</summary>
    private static JsonElement? Json(string file)
    {
        try
        {
            using var document = JsonDocument.Parse(UserFile.Read(file));
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
