from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReservationsConfig(AppConfig):
    name = "marketplace.reservations"
    label = "reservations"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Reservations")

    def ready(self) -> None:
        from marketplace.reservations.domain import (  # noqa: PLC0415 need the models
            contracts,
            notices,
            paying,
        )
        from marketplace.reservations.domain.withdrawal import mails  # noqa: PLC0415 the same

        contracts.register()
        notices.register()
        mails.register()
        paying.register()
