"""Time passes: what was planned happens when the stand-in's clock says so."""

from marketplace.workbench.provider import intents, refunds, sessions
from marketplace.workbench.provider.store import Store


def run(store: Store) -> int:
    """Do everything whose time has come, each in a transaction of its own; says how much."""
    done = 0
    if not store.rows("SELECT 1 FROM plan WHERE due <= ? LIMIT 1", store.clock()):
        return done  # without a write lock: every call comes through here
    while True:
        with store.transaction():
            found = store.take_due()
            if found is None:
                return done
            what, key, account = found
            if what == "session":
                sessions.end(store, account, key)
            elif what == "authorisation":
                intents.lapse(store, account, key)
            elif what == "refund":
                refunds.settle(store, account, key)
            else:
                sessions.answer_later(store, account, key, good=what == "later_ok")
        done += 1
