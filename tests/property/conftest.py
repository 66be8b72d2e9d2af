"""How long hypothesis searches: a short search in `make test`, longer ones on demand."""

from __future__ import annotations

from hypothesis import Phase, settings

# The same search in every run. Without shrinking: its diary says what happened, and a shorter one
# would take minutes.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate],
)
# `make test-long` begins in the same way and goes on.
settings.register_profile("long", settings.get_profile("default"), max_examples=1_000)
settings.register_profile(
    "deep", deadline=None, database=None, max_examples=20_000, report_multiple_bugs=False
)
