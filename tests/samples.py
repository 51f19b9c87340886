"""Files of every format, made by the formats' own libraries or by hand: what tests read."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import docx
import odfdo
from pptx import Presentation
from pptx.util import Inches

SENTENCES = "Heron is a free mail server. Heron costs 40 euros a month."
OPF = "OEBPS/package.opf"


def pdf_file(pages, title="", outline=()):
    """Return a PDF; a page is lines of (size, text), `outline` pairs of title and page from 0."""
    objects = {1: "<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>", 3: "<< /Type /Font /Subtype /Type1 "
               "/BaseFont /Helvetica /Encoding /WinAnsiEncoding >>", 5: f"<< /Title ({title}) "
               "/ModDate (D:20240305120000Z) >>"}  # fmt: skip
    kids = []
    for number, lines in enumerate(pages):
        at, drawn = 780, []
        for size, text in lines:
            escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            drawn.append(f"BT /F1 {size} Tf 72 {at} Td ({escaped}) Tj ET")
            at -= size * 1.2
        stream = "\n".join(drawn)
        kids.append(10 + 2 * number)
        objects[kids[-1]] = (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {kids[-1] + 1} 0 R >>"
        )
        objects[kids[-1] + 1] = f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream"
    objects[2] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>"
    entries = range(5000, 5000 + len(outline))
    for entry, (words, page) in zip(entries, outline, strict=True):
        after = f" /Next {entry + 1} 0 R" if entry + 1 in entries else ""
        objects[entry] = f"<< /Title ({words}) /Parent 4 0 R /Dest [{kids[page]} 0 R /Fit]{after} >>"
    ends = f" /First {entries[0]} 0 R /Last {entries[-1]} 0 R" if outline else ""
    objects[4] = f"<< /Type /Outlines /Count {len(outline)}{ends} >>"
    return pdf_of(objects)


def pdf_of(objects, trailer="/Root 1 0 R /Info 5 0 R"):
    """Return a PDF of numbered objects, with their table of offsets."""
    out, offsets = b"%PDF-1.4\n", {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{number} 1\n{offset:010d} 00000 n \n" for number, offset in offsets.items())
    end = f"trailer\n<< /Size {max(objects) + 1} {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + f"xref\n0 1\n0000000000 65535 f \n{table}{end}".encode()


def docx_file(parts, title=""):
    """Return a DOCX; a part is (style, text), or a list of rows."""
    made = docx.Document()
    made.core_properties.title = title
    for part in parts:
        if isinstance(part, list):
            table = made.add_table(len(part), len(part[0]))
            for row, cells in zip(table.rows, part, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            made.add_paragraph(part[1], style=part[0])
    return saved(made)


def pptx_file(slides, title=""):
    """Return a PPTX; a slide is its title, its points and its notes."""
    made = Presentation()
    made.core_properties.title = title
    for heading, points, notes in slides:
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = heading
        slide.placeholders[1].text = "\n".join(points)
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
    return saved(made)


def pptx_with_table(rows):
    """Return a PPTX of one slide with a table inside."""
    made = Presentation()
    shapes = made.slides.add_slide(made.slide_layouts[6]).shapes
    table = shapes.add_table(len(rows), len(rows[0]), Inches(1), Inches(1), Inches(4), Inches(2)).table
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    return saved(made)


def odt_file(parts, title=""):
    """Return an ODT; a part is (level, text), 0 for a paragraph, or a list of items, or a tuple of rows."""
    made = odfdo.Document("text")
    made.body.clear()
    made.meta.title = title
    for part in parts:
        if isinstance(part, list):
            made.body.append(odfdo.List(part))
        elif isinstance(part[0], int):
            level, text = part
            made.body.append(odfdo.Header(level, text) if level else odfdo.Paragraph(text))
        else:
            table = odfdo.Table("T", width=len(part[0]), height=len(part))
            for y, row in enumerate(part):
                for x, text in enumerate(row):
                    table.set_value((x, y), text)
            made.body.append(table)
    return saved(made)


def epub_file(chapters, title="The Heron book", more=""):
    """Return an EPUB; a chapter is a whole page of XHTML."""
    names = [f"chapter {number}.xhtml" for number in range(len(chapters))]
    items = "".join(
        f'<item id="c{n}" href="{name.replace(" ", "%20")}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(names)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(names)))
    package = (
        f'<?xml version="1.0"?>{more}<package xmlns="http://www.idpf.org/2007/opf"><metadata '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:language>fr-FR</dc:language>'
        f"<dc:date>2024-02-01</dc:date></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        f'<rootfile full-path="{OPF}"/></rootfiles></container>'
    )
    files = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, OPF: package}
    return zip_file({**files, **{f"OEBPS/{name}": page for name, page in zip(names, chapters, strict=True)}})


def zip_file(files):
    """Return a compressed archive of files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def rezipped(content, changed):
    """Return an archive with some of its files replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return zip_file({**{name: archive.read(name) for name in archive.namelist()}, **changed})


def email_file(subject, text="", html="", attached=None):
    """Return an e-mail."""
    return message(subject, text, html, attached).as_bytes()


def message(subject, text="", html="", attached=None):
    """Return a message with a plain part, an HTML part, or both, and maybe another message attached."""
    made = EmailMessage()
    made["Subject"], made["From"] = subject, "Ada Martin <ada@heron.example>"
    made["Date"] = "Wed, 03 Dec 2025 10:00:00 +0100"
    if text:
        made.set_content(text)
    if html and text:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    if attached:
        made.add_attachment(attached)
    return made


def saved(made):
    """Return the bytes that a library's document saves."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
