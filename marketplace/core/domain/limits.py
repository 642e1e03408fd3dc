"""So many times in so long, counted in the shared cache: alike for all processes and machines.

Built on `cache.add` alone, which is atomic behind every backend we run on (`incr` is not behind a
database): a window is a row of numbered places, and whoever adds a place's key has it.
"""

from datetime import datetime

from django.core.cache import cache


def take(*, name: str, most: int, seconds: int, now: datetime) -> str | None:
    """Take one of `most` places of the window that `now` lies in; None when all are taken.

    Windows of `seconds` lie side by side since 1970. The place is free again with the next window,
    or at once through `give_back`.
    """
    window = int(now.timestamp()) // seconds
    places = [f"limit:{name}:{seconds}:{window}:{number}" for number in range(most)]
    taken = cache.get_many(places)
    for place in places:
        # RACE: of two who found it free, `add` lets one have it.
        if place not in taken and cache.add(place, 1, timeout=seconds):
            return place
    return None


def give_back(place: str) -> None:
    """What was taken turned out not to count."""
    cache.delete(place)


def once(*, name: str, seconds: int) -> bool:
    """True for the first who asks in so long, False for all others.

    For acts that would otherwise count twice when a form is sent twice. The first one calls `again`
    when its act was refused.
    """
    return bool(cache.add(f"once:{name}", 1, timeout=seconds))


def again(*, name: str) -> None:
    """Let `once` be true again."""
    cache.delete(f"once:{name}")
