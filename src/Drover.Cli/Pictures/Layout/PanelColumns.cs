namespace Drover.Cli.Pictures.Layout;

/// <summary>Where the columns of a panel are.</summary>
internal sealed record PanelColumns(double Left, Metrics Metrics)
{
    public double Pool => Left + Metrics.Padding;

    public double Map => Pool + Metrics.CardWidth + Metrics.ArrowSpace;

    public double DomainRight => Left + Metrics.DomainWidth;

    public double Boundary => DomainRight + (Metrics.BoundarySpace / 2);

    public double Core => DomainRight + Metrics.BoundarySpace;

    public double Slot => Core + Metrics.Padding;

    public double Object => Slot + Metrics.SlotWidth + Metrics.ArrowSpace;

    public double Right => Left + Metrics.PanelWidth;
}
