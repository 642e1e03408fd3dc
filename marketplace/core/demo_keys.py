"""Keys for a demo or a developer's machine: made once, kept in a file only its owner can read."""

import json
import os
import secrets
from pathlib import Path

NAMES = ("SECRET_KEY", "LINK_KEY")


def load(path: Path) -> dict[str, str]:
    """The keys in `path`; makes the file if there is none. Several processes may come at once."""
    if not path.exists():
        keys = {name: secrets.token_urlsafe(48) for name in NAMES}
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(keys, file)
        # RACE: linking fails where another process was first, so all read the same keys.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return {name: str(key) for name, key in json.loads(path.read_text()).items()}
