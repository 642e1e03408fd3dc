from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    default = True
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("City pages")


class PeopleConfig(WagtailUsersAppConfig):
    """Wagtail's app for people, with forms for our User, who has one name and no username."""

    default = False
    user_viewset = "cms.views.people.PeopleViewSet"

    def ready(self) -> None:
        super().ready()
        from wagtail.admin.views.account import NameEmailSettingsPanel  # noqa: PLC0415

        from cms.forms import OwnNameForm  # noqa: PLC0415 needs the models

        NameEmailSettingsPanel.form_class = OwnNameForm
