"""What the search of goods reads."""

from django.db import models


class SearchDocument(models.Model):
    """One folded document per product; stock is never in it."""

    product = models.OneToOneField(
        "shops.Product", on_delete=models.CASCADE, related_name="document"
    )
    city = models.ForeignKey("shops.City", on_delete=models.CASCADE, related_name="+")
    title = models.CharField(max_length=200)
    text = models.TextField()
    #: What else people call goods of its category, folded, a blank around each word: these are
    #: found whole only, or whoever seeks coffee would be shown kettles ("Kaffeemaschinen").
    words = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["city", "title"], name="shops_searchdocument_title")]

    def __str__(self) -> str:
        return self.title
