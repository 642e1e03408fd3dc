from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class CmsConfig(AppConfig):
    default = True
    name = "cms"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("City pages")

    def ready(self) -> None:
        from wagtail.models import Page  # noqa: PLC0415

        from cms.desk import start_chooser_without_script  # noqa: PLC0415 needs Wagtail's models
        from cms.models import Published  # noqa: PLC0415
        from cms.models.living import Living  # noqa: PLC0415
        from cms.views import pages  # noqa: PLC0415

        start_chooser_without_script()
        Published.read = staticmethod(pages.read)
        Living.sample = staticmethod(pages.sample)
        Page.route_for_request = staticmethod(pages.route)  # Wagtail has no hook before it looks


class PeopleConfig(WagtailUsersAppConfig):
    """Wagtail's app for people, with forms for our User, who has one name and no username."""

    default = False
    user_viewset = "cms.views.people.PeopleViewSet"

    def ready(self) -> None:
        super().ready()
        from wagtail.admin.views.account import NameEmailSettingsPanel  # noqa: PLC0415

        from cms.forms import OwnNameForm  # noqa: PLC0415 needs the models

        NameEmailSettingsPanel.form_class = OwnNameForm
