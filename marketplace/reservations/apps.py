from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReservationsConfig(AppConfig):
    name = "marketplace.reservations"
    label = "reservations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Reservations")

    def ready(self) -> None:
        # The models are needed first.
        from marketplace.reservations.domain import contracts, notices, paying  # noqa: PLC0415
        from marketplace.reservations.domain.complaints import (  # noqa: PLC0415
            notices as complaint_notices,
        )
        from marketplace.reservations.domain.withdrawal import mails  # noqa: PLC0415

        contracts.register()
        notices.register()
        mails.register()
        complaint_notices.register()
        paying.register()
