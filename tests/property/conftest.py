"""How long hypothesis searches: the same short search in every run, or a long one on demand."""

from __future__ import annotations

from hypothesis import Phase, settings

# Without shrinking: its diary says what happened, and a shorter one would take minutes.
settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=1_000,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate],
)
settings.register_profile(
    "deep", deadline=None, database=None, max_examples=20_000, report_multiple_bugs=False
)
