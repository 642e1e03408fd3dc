"""Who may knock at a door. What they see behind it is decided by `access.py` of its package."""

from dataclasses import dataclass

#: public: everybody · shopper: who holds the secret link · member, owner: people of a shop ·
#: editor: city staff · probe: machines that watch us · machine: one that signs what it sends.
ROLES = ("public", "shopper", "member", "owner", "editor", "probe", "machine")
#: Roles that nobody has without signing in.
SIGNED_IN = frozenset({"member", "owner", "editor"})


@dataclass(frozen=True, slots=True)
class Access:
    """One row of the access table; `@access` of `core.http` fastens it to a view."""

    role: str
    methods: tuple[str, ...]
    #: Whose rows the view shows, for example "Reservation"; None where it shows nobody's.
    obj: str | None
