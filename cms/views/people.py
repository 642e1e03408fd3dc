"""Who works at the city's desk: Wagtail's pages with our forms."""

from wagtail.users.views.users import UserViewSet

from cms.forms import PersonCreationForm, PersonEditForm


class PeopleViewSet(UserViewSet):
    """Wagtail builds its pages from classes; this one only names forms and templates."""

    create_template_name = "cms/person_create.html"
    edit_template_name = "cms/person_edit.html"

    def get_form_class(self, for_update: bool = False) -> type:
        return PersonEditForm if for_update else PersonCreationForm
