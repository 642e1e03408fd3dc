"""What was said twice is kept once, as it was said last; the next migration forbids it.

In a transaction of its own: PostgreSQL builds no index while deleted rows wait for their triggers.
"""

from typing import Any

from django.db import migrations

CLOSURE = ("branch_id", "first_date", "last_date")
SEASON = ("branch_id", "first_month", "first_day", "last_month", "last_day")


def forget_repeats(apps: Any, schema_editor: Any) -> None:
    """Rows of the same days lie apart in nothing that people see, so the newest speaks for all."""
    by_hand = apps.get_model("shops", "Closure").objects.filter(uid="")
    seasons = apps.get_model("shops", "Season").objects.all()
    for rows, fields in ((by_hand, CLOSURE), (seasons, SEASON)):
        newest: dict[tuple[Any, ...], int] = {}
        repeated = []
        for pk, *days in rows.order_by("-pk").values_list("pk", *fields):
            if newest.setdefault(tuple(days), pk) != pk:
                repeated.append(pk)
        rows.filter(pk__in=repeated).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("shops", "0010_calendars"),
    ]

    operations = [
        migrations.RunPython(forget_repeats, migrations.RunPython.noop),
    ]
