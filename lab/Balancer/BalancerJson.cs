using System.Text.Json.Serialization;
using Infra.Lab.Specs;

namespace Infra.Lab.Balancer;

/// <summary>The two files of a load balancer, as JSON without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BalancerSpec))]
[JsonSerializable(typeof(BalancerStatus))]
internal sealed partial class BalancerJson : JsonSerializerContext;
