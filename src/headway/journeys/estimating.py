"""Estimates across areas: lines from a template of the house, and the estimate as a file."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from headway.areas.estimates import commands
from headway.areas.estimates.planning import lines_of_plan
from headway.areas.estimates.queries import comparison, estimate_of
from headway.areas.estimates.types import EstimateDetail, EstimateId
from headway.areas.files.types import Download
from headway.areas.method.templates import laid
from headway.areas.people.queries import house_rules
from headway.areas.projects.types import Charter
from headway.journeys.tree_files import MEDIA_TYPES, written
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.schema import ShortText
from headway.reports import estimate as printed
from headway.reports.estimate import About, Edition


@command(permission="estimates.edit", name="estimates.take_template")
def take_template(ctx: Context, *, estimate: EstimateId, template: ShortText) -> EstimateDetail:
    """Put the tasks of a project template behind a draft's lines, with their roles and their work as most likely.

    template  'site-build' of a ready-made one, 'T-3' of the house's own.
    """
    found = laid(ctx, template, starts_on=None, ends_on=None, parts_out=())
    lines = tuple(line for line, _ in lines_of_plan(found.made.plan, ()))
    return commands.add_lines(ctx, estimate=estimate, lines=lines)


def document(ctx: Context, *, project: Charter, number: int, edition: str, form: str, language: str) -> Download:
    """An estimate as a file, with what this reader may see. `edition`: estimate or proposal; `form`: docx, pdf, xlsx.

    The caller has passed its own door. Raises Unavailable where the file could not be written.
    """
    if form not in MEDIA_TYPES or edition not in {kind.value for kind in Edition}:
        raise NotFound("There is no such file of an estimate.")
    found = estimate_of(ctx, project.id, number)
    about = About(
        project=project,
        organisation=house_rules(ctx).name,
        day=ctx.now.astimezone(ZoneInfo(project.time_zone)).date(),
        at=ctx.now,
        language=language,
    )
    made = printed.build(found, comparison(ctx, project=project.id), about=about, edition=Edition(edition))
    content = written(made, form, what="The estimate")
    return Download(f"{project.key} {found.row.ref} {edition}.{form}", MEDIA_TYPES[form], content)
