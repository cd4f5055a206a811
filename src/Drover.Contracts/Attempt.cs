using System.Diagnostics.CodeAnalysis;

namespace Drover.Contracts;

/// <summary>The result of an operation that may be refused: a value, or an error that the caller decides on.</summary>
public readonly struct Attempt<T, TError> : IEquatable<Attempt<T, TError>>
    where TError : struct, Enum
{
    private readonly T? _value;
    private readonly TError _error;

    private Attempt(T? value, TError error, bool succeeded)
    {
        _value = value;
        _error = error;
        Succeeded = succeeded;
    }

    public bool Succeeded { get; }

    /// <summary>The value. Throws <see cref="InvalidOperationException"/> if the operation was refused.</summary>
    public T Value => Succeeded ? _value! : throw new InvalidOperationException($"refused: {typeof(TError).Name}.{_error}");

    /// <summary>Why it was refused. Throws <see cref="InvalidOperationException"/> if it was not.</summary>
    public TError Error => Succeeded ? throw new InvalidOperationException("the operation succeeded") : _error;

    public static implicit operator Attempt<T, TError>(T value) => new(value, default, true);

    public static implicit operator Attempt<T, TError>(TError error) => new(default, error, false);

    public static bool operator ==(Attempt<T, TError> left, Attempt<T, TError> right) => left.Equals(right);

    public static bool operator !=(Attempt<T, TError> left, Attempt<T, TError> right) => !left.Equals(right);

    /// <summary>Takes both ways apart at once.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, out TError error)
    {
        value = _value;
        error = _error;
        return Succeeded;
    }

    public bool Equals(Attempt<T, TError> other) =>
        Succeeded == other.Succeeded
        && EqualityComparer<T?>.Default.Equals(_value, other._value)
        && EqualityComparer<TError>.Default.Equals(_error, other._error);

    public override bool Equals(object? obj) => obj is Attempt<T, TError> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_value, _error, Succeeded);

    public override string ToString() => Succeeded ? $"{_value}" : $"refused: {_error}";
}
