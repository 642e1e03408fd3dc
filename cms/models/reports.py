"""What people tell the city about its pages: unlawful content and barriers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.enums import Decision, ReportKind

#: As long as what people may type; the form says so, the column holds it.
LONGEST_ADDRESS, LONGEST_WORDS = 500, 4000


class Report(models.Model):
    """One report, and what was decided about it. LAW: DSA Art. 16, NBGG § 9b, BFSG § 14.

    Name and address lie here and nowhere else; history and mails refer to the id.
    """

    city = models.ForeignKey("shops.City", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=ReportKind)
    #: The page it is about, path and query on the city's own host; empty where none was named.
    path = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    words = models.TextField(max_length=LONGEST_WORDS)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    #: That what is said is correct and complete to the best of their knowledge.
    in_good_faith = models.BooleanField(default=False)
    language = models.CharField(max_length=10)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decision = models.CharField(max_length=5, choices=Decision, blank=True)
    reasons = models.TextField(max_length=LONGEST_WORDS, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        indexes = [models.Index(fields=["city", "decided_at", "due_at"], name="cms_report_waiting")]
        constraints = [
            models.CheckConstraint(
                name="cms_report_kind_known", condition=Q(kind__in=ReportKind.values)
            ),
            models.CheckConstraint(
                name="cms_report_content_in_good_faith",
                condition=~Q(kind=ReportKind.CONTENT) | (Q(in_good_faith=True) & ~Q(path="")),
            ),
            models.CheckConstraint(
                name="cms_report_decided_with_reasons",
                condition=Q(decided_at=None, decision="", reasons="")
                | (Q(decided_at__isnull=False, decision__in=Decision.values) & ~Q(reasons="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def address(self) -> str:
        """The page it is about, on the city's own host."""
        return self.city.base_url.rstrip("/") + self.path if self.path else ""
