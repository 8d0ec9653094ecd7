"""How reports look: the house's template and its clients', with a logo that is cleaned in the limited child process."""

from __future__ import annotations

from headway.areas.deliverables import commands, queries
from headway.areas.deliverables.types import TemplateRow
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.files.queries import held_bytes, held_path
from headway.areas.files.types import FileId
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationId
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ProjectId
from headway.documents.child import ChildError, Refused, run
from headway.kernel.commands import journey
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, Unavailable
from headway.kernel.schema import ShortText
from headway.reports.template import ALL_SECTIONS, STANDARD, Template

_LARGEST = 5 * 1024 * 1024
_LOGO = "logo.png"  # what headway.documents.pictures leaves


@journey(permission="deliverables.edit_templates", name="reports.set_template")
def set_template(
    ctx: Context,
    *,
    client: OrganisationId | None = None,
    title: ShortText = "",
    confidential: ShortText = "",
    sections: tuple[str, ...] = (),
    file: FileId | None = None,
    without_logo: bool = False,
) -> TemplateRow:
    """Set how the reports of a client, or of the house, look from now on; a report that is finished stays as it is.

    client        None = the house: for every project whose client has no template.
    title         of the status report; '' = Weekly status.
    confidential  the line at the foot of every page; '' = the usual one.
    sections      in the order wanted; none named = all. The headline, the health and the snapshot always stand.
    file          the logo, a PNG or JPEG brought before; not given = as it was. without_logo takes it away.
    """
    unknown = [name for name in sections if name not in ALL_SECTIONS]
    if unknown:
        offered = ", ".join(ALL_SECTIONS)
        raise Invalid(
            f"There is no section '{unknown[0]}'; there are {offered}.",
            fields=[FieldError("sections", "unknown", value=unknown[0])],
        )
    before = next((row for row in queries.templates(ctx) if row.client_id == client), None)
    kept = None if without_logo or before is None else before.logo
    names = {row.id: row.name for row in people.organisations(ctx)}
    owner = names[client] if client is not None else people.house_rules(ctx).name
    return commands.keep_template(
        ctx,
        client=client,
        title=title,
        confidential=confidential,
        sections=tuple(dict.fromkeys(sections)),
        logo=_cleaned(ctx, file) if file is not None and not without_logo else kept,
        logo_of=owner,
    )


def _cleaned(ctx: Context, logo: int) -> int:
    """The picture, written anew as a small PNG; gives the file of it."""
    path = held_path(logo)
    if path.stat().st_size > _LARGEST:
        raise Invalid("The logo is larger than 5 MB. Bring a smaller one.", fields=[FieldError("file", "too large")])
    try:
        made = run("headway.documents.pictures:clean_logo", {}, inputs={"given": path})
    except Refused as refusal:
        raise Invalid(refusal.message, fields=[FieldError("file", refusal.message)]) from refusal
    except ChildError as error:
        raise Unavailable(f"The picture could not be read: {error}") from error
    stored = store.put([made.outputs[_LOGO]], limit=_LARGEST)
    kept = files.keep(ctx, name=_LOGO, media_type="image/png", sha256=stored.sha256, size=stored.size)
    return kept.id


def template_of(ctx: Context, project: ProjectId) -> Template:
    """The template that a project's reports follow now."""
    row = queries.template_for(charter(ctx, project=project).client_id)
    if row is None:
        return STANDARD
    logo = held_bytes(row.logo) if row.logo is not None else None
    return Template(row.title, row.confidential, row.sections or ALL_SECTIONS, logo, row.logo_of)
