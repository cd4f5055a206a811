namespace Drover.Core.Ipc;

/// <summary>What can stand in one <see cref="WaitQueue{T}"/> at a time; the links are part of it, so queueing
/// allocates nothing and every waiter can be taken out in one step.</summary>
internal abstract class Waiter
{
    internal Waiter? Next { get; set; }

    internal Waiter? Previous { get; set; }

    /// <summary>The queue it stands in, or null.</summary>
    internal object? Queue { get; set; }
}

/// <summary>First in, first out, but for those who are put before all others. Guarded by the kernel's lock.</summary>
internal sealed class WaitQueue<T>
    where T : Waiter
{
    private Waiter? _last;

    public T? First { get; private set; }

    public bool IsEmpty => First is null;

    public void Enqueue(T waiter)
    {
        if (waiter.Queue is not null)
            throw new InvalidOperationException("it waits elsewhere");
        waiter.Queue = this;
        waiter.Previous = _last;
        waiter.Next = null;
        if (_last is null)
            First = waiter;
        else
            _last.Next = waiter;
        _last = waiter;
    }

    /// <summary>Puts one before all others.</summary>
    public void Push(T waiter)
    {
        if (waiter.Queue is not null)
            throw new InvalidOperationException("it waits elsewhere");
        waiter.Queue = this;
        waiter.Previous = null;
        waiter.Next = First;
        if (First is null)
            _last = waiter;
        else
            First.Previous = waiter;
        First = waiter;
    }

    public void Remove(T waiter)
    {
        if (!ReferenceEquals(waiter.Queue, this))
            throw new InvalidOperationException("it does not wait here");
        if (waiter.Previous is null)
            First = (T?)waiter.Next;
        else
            waiter.Previous.Next = waiter.Next;
        if (waiter.Next is null)
            _last = waiter.Previous;
        else
            waiter.Next.Previous = waiter.Previous;
        waiter.Queue = null;
        waiter.Next = null;
        waiter.Previous = null;
    }

    public T? Dequeue()
    {
        T? first = First;
        if (first is not null)
            Remove(first);
        return first;
    }
}
