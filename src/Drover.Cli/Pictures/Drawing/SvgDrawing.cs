using System.Globalization;
using System.Text;
using System.Xml;
using Drover.Cli.Pictures.Layout;
using Drover.Cli.Pictures.Model;

namespace Drover.Cli.Pictures.Drawing;

/// <summary>Writes a scene as SVG: no script, nothing from elsewhere.</summary>
internal sealed class SvgDrawing
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    private readonly XmlWriter _xml;

    private SvgDrawing(XmlWriter xml) => _xml = xml;

    public static void Write(Scene scene, Stream output)
    {
        var settings = new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Indent = true,
            IndentChars = " ",
            NewLineChars = "\n",
            CloseOutput = false,
        };
        using var xml = XmlWriter.Create(output, settings);
        new SvgDrawing(xml).Picture(scene);
    }

    private void Picture(Scene scene)
    {
        _xml.WriteStartElement("svg", Namespace);
        Attribute("viewBox", $"0 0 {Text(scene.Width)} {Text(scene.Height)}");
        Attribute("width", scene.Width);
        Attribute("height", scene.Height);
        Attribute("role", "img");
        Attribute("aria-labelledby", "picture-title picture-description");
        Element("title", "picture-title", scene.Title);
        Element("desc", "picture-description", scene.Description);
        _xml.WriteElementString("style", Namespace, StyleSheet.Text);
        Box(scene.ViewBox, 0, "paper");
        foreach (SceneItem item in scene.Items)
            Item(item);
        _xml.WriteEndElement();
    }

    private void Item(SceneItem item)
    {
        switch (item)
        {
            case SceneGroup group:
                Group(group);
                break;
            case SceneBox box:
                Box(box.Area, box.RadiusPixels, Classes(StyleSheet.ClassOf(box.Style), box.Family));
                break;
            case SceneText text:
                Line(text);
                break;
            case SceneArrow arrow:
                Arrow(arrow);
                break;
            case SceneBoundary boundary:
                Boundary(boundary);
                break;
            case SceneSign sign:
                Sign(sign);
                break;
            case SceneFlag flag:
                Flag(flag);
                break;
            default:
                throw new ArgumentException($"There is no way to draw a {item.GetType().Name}.", nameof(item));
        }
    }

    private void Group(SceneGroup group)
    {
        _xml.WriteStartElement("g", Namespace);
        if (group.Tooltip is { } tooltip)
        {
            Attribute("class", "row");
            _xml.WriteElementString("title", Namespace, tooltip);
        }

        foreach (SceneItem item in group.Items)
            Item(item);
        _xml.WriteEndElement();
    }

    private void Box(Rect area, double radius, string classes)
    {
        _xml.WriteStartElement("rect", Namespace);
        Attribute("class", classes);
        Attribute("x", area.X);
        Attribute("y", area.Y);
        Attribute("width", area.Width);
        Attribute("height", area.Height);
        if (radius > 0)
            Attribute("rx", radius);
        _xml.WriteEndElement();
    }

    private void Line(SceneText text)
    {
        _xml.WriteStartElement("text", Namespace);
        Attribute("class", StyleSheet.ClassOf(text.Style));
        Attribute("x", text.X);
        Attribute("y", text.Baseline);
        if (text.AtRight)
            Attribute("text-anchor", "end");
        if (!TextMeasure.IsSure(text.Content))
        {
            Attribute("textLength", text.WidthPixels);
            Attribute("lengthAdjust", "spacingAndGlyphs");
        }

        if (text.Faint > 0 && text.Faint < text.Content.Length)
        {
            _xml.WriteStartElement("tspan", Namespace);
            Attribute("class", "faint");
            _xml.WriteString(text.Content[..text.Faint]);
            _xml.WriteEndElement();
            _xml.WriteString(text.Content[text.Faint..]);
        }
        else
        {
            _xml.WriteString(text.Content);
        }

        _xml.WriteEndElement();
    }

    private void Arrow(SceneArrow arrow)
    {
        const double tip = 6;
        Path(Classes("wire", arrow.Family), $"M{Text(arrow.FromX)} {Text(arrow.FromY)}H{Text(arrow.ToX - tip)}");
        Path(Classes("tip", arrow.Family), $"M{Text(arrow.ToX)} {Text(arrow.ToY)}l-7 -4v8z");
    }

    private void Boundary(SceneBoundary boundary) =>
        Path("boundary", $"M{Text(boundary.X)} {Text(boundary.FromY)}V{Text(boundary.ToY)}");

    private void Sign(SceneSign sign)
    {
        (string kind, string shape) = Signs.Of(sign.Family);
        _xml.WriteStartElement("path", Namespace);
        Attribute("class", Classes(kind, sign.Family));
        Attribute("transform", $"translate({Text(sign.X)} {Text(sign.Y)})");
        Attribute("d", shape);
        _xml.WriteEndElement();
    }

    private void Flag(SceneFlag flag)
    {
        Rect area = flag.Area;
        string shoulder = Text(area.Right - SceneFlag.PointPixels);
        Path(
            $"flag {StyleSheet.ClassOf(flag.Change)}",
            $"M{Text(area.X)} {Text(area.Y)}H{shoulder}L{Text(area.Right)} {Text(area.MiddleY)}"
            + $"L{shoulder} {Text(area.Bottom)}H{Text(area.X)}z");
    }

    private void Path(string classes, string data)
    {
        _xml.WriteStartElement("path", Namespace);
        Attribute("class", classes);
        Attribute("d", data);
        _xml.WriteEndElement();
    }

    private void Element(string name, string id, string content)
    {
        _xml.WriteStartElement(name, Namespace);
        Attribute("id", id);
        _xml.WriteString(content);
        _xml.WriteEndElement();
    }

    private void Attribute(string name, string value) => _xml.WriteAttributeString(name, value);

    private void Attribute(string name, double value) => _xml.WriteAttributeString(name, Text(value));

    private static string Classes(string style, ObjectFamily? family) =>
        family is { } known ? $"{style} {StyleSheet.ClassOf(known)}" : style;

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
