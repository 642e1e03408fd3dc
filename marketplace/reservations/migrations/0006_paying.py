from django.conf import settings
from django.db import migrations, models

from marketplace.core.schema import FrozenColumns


class Migration(migrations.Migration):
    dependencies = [
        ("reservations", "0005_follow"),
        ("shops", "0013_particulars"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservations_code_unique_while_open",
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservations_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="reservation",
            name="reservations_ended_with_time",
        ),
        migrations.RemoveConstraint(
            model_name="tap",
            name="reservations_tap_verb_known",
        ),
        migrations.AddField(
            model_name="reservation",
            name="hold_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reservation",
            name="is_sure",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="reservation",
            name="set_aside_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reservation",
            name="subject",
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="reservation",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("SHOPPER", "You cancelled."),
                    ("NOT_THERE", "The shop looked and could not find the goods."),
                    ("DAMAGED", "The goods are damaged."),
                    ("CLOSED", "The shop cannot hold goods at the moment."),
                    ("SILENT", "The shop did not answer in time."),
                    ("NOT_COLLECTED", "The goods were not collected in time."),
                    ("UNPAID", "The payment was not completed."),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="reservation",
            name="state",
            field=models.CharField(
                choices=[
                    ("PENDING", "not paid yet"),
                    ("REQUESTED", "requested"),
                    ("CONFIRMED", "reserved"),
                    ("READY", "ready to collect"),
                    ("COLLECTED", "collected"),
                    ("DECLINED", "declined"),
                    ("CANCELLED", "cancelled"),
                    ("EXPIRED", "not collected"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="tap",
            name="verb",
            field=models.CharField(
                choices=[
                    ("ACCEPT", "confirmed"),
                    ("DECLINE", "declined"),
                    ("MARK_READY", "ready"),
                    ("HAND_OVER", "handed over"),
                    ("CANCEL", "cancelled"),
                    ("EXPIRE", "expired"),
                    ("REINSTATE", "reinstated"),
                    ("SHELVE", "put back"),
                    ("FOLLOW", "moved, the shop's hours have changed"),
                    ("PAY", "paid, or payment promised"),
                    ("REVIVE", "paid at the last moment"),
                    ("SET_ASIDE", "set aside, the money is being taken"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="reservation",
            index=models.Index(
                condition=models.Q(("state", "PENDING")),
                fields=["hold_until"],
                name="reservations_hold_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["CONFIRMED", "PENDING", "READY", "REQUESTED"])),
                fields=("shop", "code"),
                name="reservations_code_unique_while_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "PENDING",
                            "REQUESTED",
                            "CONFIRMED",
                            "READY",
                            "COLLECTED",
                            "DECLINED",
                            "CANCELLED",
                            "EXPIRED",
                        ],
                    )
                ),
                name="reservations_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", True),
                        ("state__in", ["CONFIRMED", "PENDING", "READY", "REQUESTED"]),
                    ),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("state__in", ["CANCELLED", "COLLECTED", "DECLINED", "EXPIRED"]),
                    ),
                    _connector="OR",
                ),
                name="reservations_ended_with_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("hold_until__isnull", False), ("mode", "PAY"), ("subject__isnull", False)
                    ),
                    models.Q(
                        ("hold_until__isnull", True), ("mode", "RESERVE"), ("subject__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="reservations_paid_has_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("mode", "PAY"),
                    models.Q(
                        models.Q(("state", "PENDING"), _negated=True),
                        ("set_aside_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="reservations_only_paid_wait_for_money",
            ),
        ),
        migrations.AddConstraint(
            model_name="reservation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mode", "PAY"), ("state", "EXPIRED"), _negated=True),
                    ("ready_by__isnull", True),
                    _connector="OR",
                ),
                name="reservations_paid_never_lapses",
            ),
        ),
        migrations.AddConstraint(
            model_name="tap",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "verb__in",
                        [
                            "ACCEPT",
                            "DECLINE",
                            "MARK_READY",
                            "HAND_OVER",
                            "CANCEL",
                            "EXPIRE",
                            "REINSTATE",
                            "SHELVE",
                            "FOLLOW",
                            "PAY",
                            "REVIVE",
                            "SET_ASIDE",
                        ],
                    )
                ),
                name="reservations_tap_verb_known",
            ),
        ),
        # The table was made anew on SQLite, and its triggers with it.
        FrozenColumns(
            "reservations_reservation", ("checkout_id", "shop_id", "branch_id", "mode", "subject")
        ),
    ]
