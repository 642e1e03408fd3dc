"""What shops call the branches of the goods tree in their own files."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class CategoryAlias(models.Model):
    """A name that a shop's files use and the tree does not know: asked once, then remembered.

    Without an answer `category` is empty and `is_ignored` false; ignored means that goods of that
    name are to stay without a category, and that nobody is asked again.
    """

    shop = models.ForeignKey(
        "shops.Shop", on_delete=models.CASCADE, related_name="category_aliases"
    )
    #: As the file first wrote it, for people.
    name = models.CharField(max_length=200)
    #: The same, folded: by this it is found (`Product.source_category`).
    key = models.CharField(max_length=200)
    category = models.ForeignKey(
        "shops.Category", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    is_ignored = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "category aliases"
        constraints = [
            models.UniqueConstraint(fields=["shop", "key"], name="shops_categoryalias_once"),
            models.CheckConstraint(
                name="shops_categoryalias_one_answer",
                condition=Q(category=None) | Q(is_ignored=False),
            ),
            models.CheckConstraint(
                name="shops_categoryalias_answered_with_time",
                condition=Q(category=None, is_ignored=False) | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Nobody has answered yet."""
        return self.category_id is None and not self.is_ignored
