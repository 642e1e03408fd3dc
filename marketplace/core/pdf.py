"""Documents to keep and to print: PDF/A from a template and data, the same bytes every time.

    pdf.render(template="reservations/receipt.typ", data={...}, now=now)

Templates are Typst files in the `paper/` folder of an app, named `<app label>/<file>`; one may
import another by `#import "/core/base.typ": *`. `core/base.typ` is the sheet they all stand on.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import typst
from django.apps import apps
from django.utils import translation
from django.utils.translation import gettext as _

FOLDER = "paper"
_FONTS = Path(__file__).parent / FOLDER / "fonts"


def render(
    *, template: str, data: Mapping[str, Any], now: datetime, standard: str = "a-2b"
) -> bytes:
    """The document as PDF, dated `now`, in the active language.

    The same template, data, language and moment give the same bytes. `data` is what JSON can hold;
    amounts and dates come as the words to be shown. LookupError for an unknown template,
    `typst.TypstError` for one that cannot be set.
    """
    # PDF dates know no parts of a second.
    at = now.astimezone(UTC).replace(microsecond=0)
    made = compiler(template=template, data=data).compile(
        format="pdf", pdf_standards=cast(Any, [standard]), timestamp=at
    )
    return cast(bytes, made)


def compiler(*, template: str, data: Mapping[str, Any]) -> typst.Compiler:
    """The typesetter with everything it may read, for other formats than PDF."""
    papers = _papers()
    if template not in papers:
        raise LookupError(f"no paper {template}")
    words = {
        "language": translation.get_language() or "de",
        # Translators: {page} and {pages} are replaced by numbers.
        "page_of": _("Page {page} of {pages}"),
    }
    # SECURITY: data is text for the template to show, never source; and the typesetter is given
    # our templates instead of a folder, so that not even a careless one could read another file.
    files = papers | {"main": papers[template]}
    return typst.Compiler(
        cast(Any, files),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(words | dict(data), ensure_ascii=False, sort_keys=True)},
    )


@lru_cache(maxsize=1)
def _papers() -> dict[str, bytes]:
    """Every file of every `paper/` folder but the fonts, by the name templates know it under."""
    found = {}
    for app in apps.get_app_configs():
        folder = Path(app.path) / FOLDER
        for file in sorted(folder.rglob("*")):
            if file.is_file() and _FONTS not in file.parents:
                found[f"{app.label}/{file.relative_to(folder).as_posix()}"] = file.read_bytes()
    return found


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Ours and no others: what is installed on a machine must not change a document."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS]
    )
