"""How a house or one of its clients wants its reports: title, sections, a line on every page, a logo.

A template chooses what is shown and how it is called; it never changes a figure. What stands on every report whatever
the template says: the headline, the health of each dimension, the snapshot and the data date.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from headway.reports.status_snapshot import Block

# Sections of the status report in their usual order: name, what people call it, the blocks whose records it shows.
SECTIONS: Mapping[str, tuple[str, tuple[Block, ...]]] = {
    "moved": ("What moved the health", ()),
    "done": ("Done", (Block.DONE,)),
    "next": ("Next", (Block.NEXT,)),
    "milestones": ("Milestones of the next 90 days", (Block.MILESTONES,)),
    "budget": ("Hours and budget", (Block.BUDGET, Block.HOURS)),
    "risks": ("Top risks and issues", (Block.RISKS, Block.ISSUES)),
    "changes": ("Changes", (Block.CHANGES,)),
    "decisions": ("Decisions and client actions due", (Block.DECISIONS, Block.CLIENT_ACTIONS)),
    "feedback": ("You said, we did", (Block.FEEDBACK,)),
    "limits": ("Annex: health by rule and its limits", ()),
    "gantt": ("Annex: plan on a page", (Block.PLAN,)),
    "all_milestones": ("Annex: all milestones", ()),
    "earned_value": ("Annex: earned value", (Block.EARNED_VALUE, Block.EARNED_SCHEDULE)),
    "hours": ("Annex: hours by person and phase", ()),
    "sources": ("Annex: where the figures come from", ()),
}
ANNEX = ("limits", "gantt", "all_milestones", "earned_value", "hours", "sources")
ALL_SECTIONS = tuple(SECTIONS)

# Under these names a renderer finds a template and its logo beside the snapshot.
TEMPLATE_FILE = "template.json"
LOGO_FILE = "logo.png"


@dataclass(frozen=True, slots=True)
class Template:
    """What a report looks like.

    title         of the status report; '' = its usual one.
    confidential  the line at the foot of every page; '' = the usual one.
    sections      names of SECTIONS, in the order wanted; the annex stays behind the page.
    logo          PNG bytes, None = none.  logo_of  whose it is, for those who cannot see it.
    """

    title: str = ""
    confidential: str = ""
    sections: tuple[str, ...] = ALL_SECTIONS
    logo: bytes | None = None
    logo_of: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its own that documents print."""
        return tuple(words for words in (self.title, self.confidential, self.logo_of) if words)

    @property
    def hidden_blocks(self) -> frozenset[Block]:
        """The blocks whose section is left out."""
        shown = {block for name in self.sections for block in SECTIONS[name][1]}
        return frozenset({block for _, blocks in SECTIONS.values() for block in blocks} - shown)

    def to_json(self) -> str:
        """Without the logo, which is a file of its own."""
        parts = {"title": self.title, "confidential": self.confidential, "sections": self.sections}
        return json.dumps({**parts, "logo_of": self.logo_of})

    @classmethod
    def from_json(cls, text: str, *, logo: bytes | None) -> Template:
        """What `to_json` wrote."""
        parts = json.loads(text)
        return cls(parts["title"], parts["confidential"], tuple(parts["sections"]), logo, parts["logo_of"])


STANDARD = Template()
