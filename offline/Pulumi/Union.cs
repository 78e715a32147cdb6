namespace Pulumi;

internal interface IUnion
{
    public object Value { get; }
}

/// <summary>One of two types: a provider's enum, or the string for a value that the enum does not have yet.</summary>
public readonly struct Union<T0, T1> : IUnion, IEquatable<Union<T0, T1>>
{
    private readonly T0? _first;
    private readonly T1? _second;

    private Union(bool isSecond, T0? first, T1? second)
    {
        IsT1 = isSecond;
        _first = first;
        _second = second;
    }

    public bool IsT0 => !IsT1;

    public bool IsT1 { get; }

    public T0 AsT0 => IsT0 ? _first! : throw new InvalidOperationException("The union holds its second type.");

    public T1 AsT1 => IsT1 ? _second! : throw new InvalidOperationException("The union holds its first type.");

    public object Value => (IsT1 ? _second : (object?)_first)!;

    public static Union<T0, T1> FromT0(T0 input) => new(isSecond: false, input, default);

    public static Union<T0, T1> FromT1(T1 input) => new(isSecond: true, default, input);

    public TResult Match<TResult>(Func<T0, TResult> f0, Func<T1, TResult> f1) => IsT1 ? f1(_second!) : f0(_first!);

    public bool Equals(Union<T0, T1> other) => IsT1 == other.IsT1 && Equals(Value, other.Value);

    public override bool Equals(object? obj) => obj is Union<T0, T1> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(IsT1, Value);

    public override string ToString() => Value?.ToString() ?? "";

    public static implicit operator Union<T0, T1>(T0 t) => FromT0(t);

    public static implicit operator Union<T0, T1>(T1 t) => FromT1(t);

    public static bool operator ==(Union<T0, T1> left, Union<T0, T1> right) => left.Equals(right);

    public static bool operator !=(Union<T0, T1> left, Union<T0, T1> right) => !left.Equals(right);
}
