using System.Text.Json.Nodes;

namespace Infra.Tests.Unit.Lab.DigitalOcean.Specification;

/// <summary>The members of a JSON document, as <c>vpcs.name</c>: an array counts as its items.</summary>
internal static class MemberSet
{
    public static IReadOnlySet<string> Of(JsonNode? node)
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        Add(node, "");
        return members;

        void Add(JsonNode? value, string path)
        {
            switch (value)
            {
                case JsonObject fields:
                    foreach (var (name, field) in fields)
                    {
                        var member = path.Length > 0 ? $"{path}.{name}" : name;
                        members.Add(member);
                        Add(field, member);
                    }
                    break;
                case JsonArray items:
                    foreach (var item in items)
                    {
                        Add(item, path);
                    }
                    break;
                default:
                    break;
            }
        }
    }
}
