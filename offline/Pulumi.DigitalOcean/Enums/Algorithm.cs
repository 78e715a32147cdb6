namespace Pulumi.DigitalOcean;

/// <summary>Values of <c>Algorithm</c>; a string that is not among them may be given as such.</summary>
[EnumType]
public readonly struct Algorithm : IEquatable<Algorithm>
{
    private readonly string _value;

    private Algorithm(string value)
    {
        _value = value;
    }

    public static Algorithm RoundRobin { get; } = new("round_robin");

    public static Algorithm LeastConnections { get; } = new("least_connections");

    public static bool operator ==(Algorithm left, Algorithm right) => left.Equals(right);

    public static bool operator !=(Algorithm left, Algorithm right) => !left.Equals(right);

    public static explicit operator string(Algorithm value) => value._value;

    public bool Equals(Algorithm other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is Algorithm other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
