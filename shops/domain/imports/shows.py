"""Which pictures of the folder are shown with which goods."""

from shops.domain.imports.folder import Folder
from shops.domain.imports.lookup import Known
from shops.domain.imports.plans import GroupPlan, Show, Wish


def of(folder: Folder, plan: GroupPlan, known: Known, *, leads: bool) -> list[Show]:
    """Pictures of the folder that these goods do not show yet."""
    home = plan.home
    of_home: tuple[int, int | None] | None = (home.pk, None) if home else None
    places: list[tuple[Wish | None, list[str], str, tuple[int, int | None] | None]] = [
        (None, plan.group.pictures, plan.group.title, of_home)
    ]
    for wish in plan.wishes:
        values = ", ".join(value for _name, value in wish.item.options)
        alt = f"{plan.group.title}, {values}" if values else plan.group.title
        variant = wish.variant
        key = (variant.product_id, variant.pk) if variant else None
        places.append((wish, wish.item.pictures, alt, key))
    shows: list[Show] = []
    for place, names, alt, of in places:
        shown = list(known.pictures[of]) if of else []
        if shown and not leads:
            continue
        for found in filter(None, map(folder.find, dict.fromkeys(names))):
            if found.sha256 not in shown:
                shown.append(found.sha256)
                shows.append(Show(found, alt[:300], len(shown) - 1, place))
    return shows
