using System.Reflection;

namespace Infra.Lab.DigitalOcean.Account;

/// <summary>All types of records, by their names in the store.</summary>
internal static class RecordTypes
{
    public static IReadOnlyDictionary<string, Type> ByName { get; } = Assembly.GetExecutingAssembly().GetTypes()
        .Where(type => type is { IsAbstract: false, IsClass: true } && typeof(IRecord).IsAssignableFrom(type))
        .ToDictionary(type => type.Name, StringComparer.Ordinal);
}
