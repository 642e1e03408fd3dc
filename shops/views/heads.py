"""Heads of the public pages of goods and shops: title, sentence, address, facts for machines."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.core import meta
from marketplace.core.meta import Meta
from marketplace.core.money import format_price
from shops.domain.categories import name_of
from shops.domain.legal.pages import SLUGS, LegalPage
from shops.domain.queries import ProductPage, Results, ShopList, ShopPage
from shops.requests import city_of
from shops.views import linked


def search(request: HttpRequest, results: Results) -> Meta | None:
    """A category, or all goods. What somebody sought or filtered is nobody else's page."""
    wanted = results.wanted
    if wanted.text or wanted.filters or (wanted.category and not results.category):
        return None
    path = reverse("shops:search")
    steps = [(_("All goods"), path)]
    title = _("All goods")
    if results.category is not None:
        path += f"?kategorie={results.category.slug}"
        title = name_of(results.category)
        steps.append((title, path))
    if wanted.page > 1:
        path += ("&" if "?" in path else "?") + f"page={wanted.page}"
    facts = {"title": title, "city": city_of(request).name, "n": results.found}
    text = ngettext(
        "%(title)s in %(city)s: %(n)s product, with price, when it was counted, and when you can "
        "collect it.",
        "%(title)s in %(city)s: %(n)s products, with price, when they were counted, and when you "
        "can collect them.",
        results.found,
    )
    return meta.of(
        request,
        path=path,
        title=title,
        description=text % facts,
        facts=[meta.crumbs(request, *steps)],
    )


def ranking(request: HttpRequest) -> Meta:
    return meta.of(
        request,
        path=reverse("shops:ranking"),
        title=_("How we rank"),
        description=_("By what lists of goods and shops are sorted, and that nobody pays for it."),
    )


def guarantee(request: HttpRequest) -> Meta:
    return meta.of(
        request,
        path=reverse("shops:guarantee"),
        title=_("Statutory guarantee"),
        description=_("Two years at least, repair or replacement free of charge, and who helps."),
    )


def product(request: HttpRequest, page: ProductPage) -> Meta | None:
    """A product that somebody offers; its kinds share one address."""
    if not page.rows or page.lowest is None:
        return None
    found = page.product
    facts = {
        "title": found.title,
        "city": city_of(request).name,
        "n": len(page.rows),
        "price": format_price(page.lowest),
    }
    text = ngettext(
        "%(title)s in %(city)s: %(price)s in %(n)s shop. Whether it is there, when it was counted, "
        "and from when you can collect it.",
        "%(title)s in %(city)s: from %(price)s in %(n)s shops. Whether it is there, when it was "
        "counted, and from when you can collect it.",
        len(page.rows),
    )
    return meta.of(
        request,
        path=reverse("shops:product", args=[found.slug, found.pk]),
        title=found.title,
        description=text % facts,
        image=linked.image(request, page.pictures[0]) if page.pictures else "",
        kind="product",
        facts=linked.product(request, page),
    )


def shops(request: HttpRequest, found: ShopList) -> Meta | None:
    """The list from A to Z; a filtered one is no page of its own."""
    if found.sought.filters:
        return None
    path = reverse("shops:shop_list")
    city = city_of(request).name
    text = ngettext(
        "%(n)s shop in %(city)s with its opening hours, its goods and the way there.",
        "%(n)s shops in %(city)s with their opening hours, their goods and the way there.",
        found.all,
    )
    return meta.of(
        request,
        path=path,
        title=_("Shops in %(city)s") % {"city": city},
        description=text % {"n": found.all, "city": city},
        facts=[meta.crumbs(request, (_("Shops"), path))],
    )


def shop(request: HttpRequest, page: ShopPage) -> Meta:
    found = page.view.shop
    facts = {"shop": found.name, "city": city_of(request).name}
    text = _("%(shop)s in %(city)s: opening hours, goods with price and count, and the way there.")
    return meta.of(
        request,
        path=reverse("shops:shop", args=[found.slug]),
        title=found.name,
        description=found.description or text % facts,
        image=linked.image(request, found.picture) if found.picture else "",
        kind="business.business",
        facts=linked.shop(request, page),
    )


def legal(request: HttpRequest, page: LegalPage) -> Meta | None:
    """A text in force; an old version is no page to be found."""
    if page.is_old:
        return None
    name = page.text.title if page.text else page.kind.label
    return meta.of(
        request,
        path=reverse("shops:legal", args=[page.shop.slug, SLUGS[page.kind]]),
        title=f"{name} – {page.shop.name}",
        description=_("%(text)s of %(shop)s in %(city)s.")
        % {"text": name, "shop": page.shop.name, "city": city_of(request).name},
    )
