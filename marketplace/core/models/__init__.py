from marketplace.core.models.log import LogEntry
from marketplace.core.models.notice import Notice
from marketplace.core.models.picture import Picture
from marketplace.core.models.retention import RetentionPass
from marketplace.core.models.user import User

__all__ = [
    "LogEntry",
    "Notice",
    "Picture",
    "RetentionPass",
    "User",
]
