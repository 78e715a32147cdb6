namespace Pulumi.DigitalOcean;

/// <summary>Values of <c>CertificateType</c>; a string that is not among them may be given as such.</summary>
[EnumType]
public readonly struct CertificateType : IEquatable<CertificateType>
{
    private readonly string _value;

    private CertificateType(string value)
    {
        _value = value;
    }

    public static bool operator ==(CertificateType left, CertificateType right) => left.Equals(right);

    public static bool operator !=(CertificateType left, CertificateType right) => !left.Equals(right);

    public static explicit operator string(CertificateType value) => value._value;

    public bool Equals(CertificateType other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is CertificateType other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
