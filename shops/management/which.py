"""The rows that a command names by slugs."""

from django.utils.translation import gettext as _

from marketplace.core.errors import Refused
from shops.models import Branch, Shop


def branch(shop_slug: str, branch_slug: str | None, city_slug: str | None) -> Branch:
    """The one branch that is meant; Refused, with what to add, where it could be several."""
    shops = Shop.objects.filter(slug=shop_slug)
    if city_slug:
        shops = shops.filter(city__slug=city_slug)
    found = list(shops.select_related("city").order_by("pk")[:2])
    if not found:
        raise Refused(_("There is no shop “%s”.") % shop_slug, code="no_shop")
    if len(found) > 1:
        raise Refused(_("Several cities know this shop: please add --city."), code="which_city")
    branches = list(found[0].branches.select_related("shop__city").order_by("pk"))
    slugs = ", ".join(branch.slug for branch in branches)
    if branch_slug:
        branches = [branch for branch in branches if branch.slug == branch_slug]
    if not branches:
        raise Refused(
            _("This shop has no such branch. It has: %s") % (slugs or "–"), code="no_branch"
        )
    if len(branches) > 1:
        raise Refused(_("Please name the branch: --branch %s") % slugs, code="which_branch")
    return branches[0]
