"""Change words inside a finished file of any format, as a hand or a faulty writer would, and nothing else."""

from __future__ import annotations

import io
import re
import zipfile

import pypdf
from pypdf.generic import ArrayObject, ByteStringObject, ContentStream, NameObject, TextStringObject


def altered(content: bytes, form: str, old: str, new: str) -> bytes:
    """The file with the first `old` said as `new`; both have the same length. Raises LookupError if nobody says it."""
    assert len(old) == len(new)
    if form in {"docx", "pptx", "xlsx"}:
        return _office(content, old, new)
    if form == "pdf":
        return _pdf(content, old, new)
    return _text(content, old, new)


def _text(content: bytes, old: str, new: str) -> bytes:
    if old.encode() not in content:
        raise LookupError(old)
    return content.replace(old.encode(), new.encode(), 1)


def _office(content: bytes, old: str, new: str) -> bytes:
    """Changes the first part that says it in document order of the archive's parts."""
    stream = io.BytesIO()
    done = False
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            part = source.read(item)
            if not done and re.search(r"(document|slide\d+|sharedStrings|sheet\d+)\.xml$", item.filename):
                done = old.encode() in part
                part = part.replace(old.encode(), new.encode(), 1)
            target.writestr(item, part)
    if not done:
        raise LookupError(old)
    return stream.getvalue()


def _pdf(content: bytes, old: str, new: str) -> bytes:
    """Exchanges glyphs in the page's own content; every letter of `new` must occur in the same font."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    for page in writer.pages:
        fonts = {name: _letters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
        stream = ContentStream(page["/Contents"].get_object(), writer)
        if _exchange(stream, fonts, old, new):
            page[NameObject("/Contents")] = writer._add_object(stream)
            saved = io.BytesIO()
            writer.write(saved)
            return saved.getvalue()
    raise LookupError(old)


def _letters(font) -> dict[bytes, str]:
    """Glyph code to letter, from the font's own table."""
    table = font["/ToUnicode"].get_object().get_data().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for code, letter in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(letter).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, letter in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                code = (int(first, 16) + step).to_bytes(len(first) // 2, "big")
                found[code] = chr(int(letter, 16) + step)
    return found


def _exchange(stream: ContentStream, fonts: dict[str, dict[bytes, str]], old: str, new: str) -> bool:
    letters: dict[bytes, str] = {}
    for operands, operator in stream.operations:
        if operator == b"Tf":
            letters = fonts[operands[0]]
        if operator not in {b"TJ", b"Tj"}:
            continue
        shown = operands[0] if operator == b"TJ" else ArrayObject([operands[0]])
        codes = [
            (place, offset)
            for place, item in enumerate(shown)
            if isinstance(item, bytes | TextStringObject)
            for offset in range(0, len(_raw(item)), 2)
        ]
        said = "".join(letters.get(_raw(shown[place])[offset : offset + 2], "?") for place, offset in codes)
        start = said.replace("\N{NO-BREAK SPACE}", " ").find(old)
        if start < 0 or len(said) != len(codes):
            continue
        glyphs = {letter: code for code, letter in letters.items()}
        for position, letter in enumerate(new):
            if letter == old[position]:
                continue
            place, offset = codes[start + position]
            raw = bytearray(_raw(shown[place]))
            raw[offset : offset + 2] = glyphs[letter]
            shown[place] = ByteStringObject(bytes(raw))
        if operator == b"Tj":
            operands[0] = shown[0]
        return True
    return False


def _raw(item) -> bytes:
    return item.original_bytes if isinstance(item, TextStringObject) else bytes(item)
