"""Pictures that people bring, made harmless and small enough for documents. Runs inside the limited child process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, UnidentifiedImageError

from headway.documents.child import Refused

LOGO = "logo.png"
_LARGEST = (600, 240)  # pixels; a logo is printed about 35 mm wide
_MOST_PIXELS = 25_000_000
_KINDS = ("PNG", "JPEG")


def clean_logo(_payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Read the picture `given`, write it anew as a small PNG without anything else that was in the file.

    Answers {"width", "height"} in pixels and leaves out/logo.png. Raises Refused for what is no PNG or JPEG.
    """
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        with Image.open(folder / "given", formats=_KINDS) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise Refused("The picture is too large. Bring one of at most 25 million pixels.")
            small = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as fault:
        raise Refused("This is not a PNG or JPEG picture that can be read. Save it anew as PNG.") from fault
    small.thumbnail(_LARGEST)
    out = folder / "out"
    out.mkdir(exist_ok=True)
    small.save(out / LOGO, format="PNG", optimize=True)
    return {"width": small.width, "height": small.height}
