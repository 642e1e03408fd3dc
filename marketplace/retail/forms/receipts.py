"""What an owner looks for among the shop's receipts."""

from django import forms


class ReceiptsForm(forms.Form):
    """Which part of the list somebody wants. Nonsense means its beginning, never an error."""

    year = forms.CharField(required=False, max_length=4)
    suche = forms.CharField(required=False, max_length=60)
    page = forms.CharField(required=False)

    def chosen(self, years: list[int]) -> tuple[int | None, str, str]:
        """Year (the youngest where none is told; None without any), words, page."""
        self.is_valid()
        said = self.cleaned_data
        by_name = {str(year): year for year in years}
        year = by_name.get(said.get("year", ""), years[0] if years else None)
        return year, said.get("suche", "").strip(), said.get("page", "")
