using Drover.Linux.Userfault;
using Xunit;

namespace Drover.Linux.Tests.Processes;

/// <summary>A fact about processes that run before their memory is there.</summary>
internal sealed class LazyFactAttribute : FactAttribute
{
    public LazyFactAttribute() => Skip = FillDescriptor.WhyNot();
}
