from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "marketplace.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from marketplace.payments import checks  # noqa: F401, PLC0415
        from marketplace.payments.domain import account_mails  # noqa: PLC0415 needs the models

        account_mails.register()
