"""Calendar files for tests, as others write them."""


def calendar(*events: str, head: str = "") -> bytes:
    """A file of these events, each one line per property."""
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//DE\n{head}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def whole(first: str, last: str = "", uid: str = "a@x", more: str = "") -> str:
    """An event of whole days; `last` is its DTEND."""
    end = f"DTEND;VALUE=DATE:{last}\n" if last else ""
    return f"UID:{uid}\nSUMMARY:Betriebsferien\nDTSTART;VALUE=DATE:{first}\n{end}{more}"
