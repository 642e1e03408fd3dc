from .easy import EasyPage
from .images import CityImage, CityRendition
from .pages import CampaignIndex, CampaignPage, ContentPage, GuidePage, HomePage, Published
from .reports import Report
from .sign import SignPage
from .versions import PageVersion

__all__ = [
    "CampaignIndex",
    "CampaignPage",
    "CityImage",
    "CityRendition",
    "ContentPage",
    "EasyPage",
    "GuidePage",
    "HomePage",
    "PageVersion",
    "Published",
    "Report",
    "SignPage",
]
