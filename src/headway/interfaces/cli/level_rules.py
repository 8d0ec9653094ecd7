"""`headway plan level --method rules`: levelling in the order in which Microsoft Project delays tasks.

Not here: what is printed (`levelling`), the rules themselves (`headway.engine.levelling.rules`).
"""

from __future__ import annotations

import argparse
import time

from headway.documents.child import Refused
from headway.engine.calendars import Calendars
from headway.engine.cpm import schedule
from headway.engine.levelling.clear import clear
from headway.engine.levelling.order import Order
from headway.engine.levelling.profile import Granularity, over_allocations
from headway.engine.levelling.rules import Levelled, Options, Unresolved, level
from headway.engine.plan import Plan, PlanError, ResourceType, Schedule
from headway.engine.units import WorkTime
from headway.interfaces.cli.arguments import local_moment
from headway.interfaces.cli.levelling import LevelledPlan
from headway.interfaces.cli.output import Output

RULES, OPTIMISE = "rules", "optimise"
_OF_RULES = ("within_slack", "split", "resource", "first", "last", "keep", "clear")
_CHOICES_OF_RULES = {"order": Order.STANDARD.value, "by": Granularity.MINUTE.value}
_OPTIONS = {"first": "from", "last": "to"}


def add_rules(parser: argparse.ArgumentParser) -> None:
    """The choice of a method, and the options of levelling by rules."""
    parser.add_argument(
        "--method",
        choices=(OPTIMISE, RULES),
        default=OPTIMISE,
        help="optimise searches for what --objective says; rules delays task by task as Microsoft Project does",
    )
    rules = parser.add_argument_group("with --method rules")
    rules.add_argument(
        "--order",
        choices=[order.value for order in Order],
        default=Order.STANDARD.value,
        help="who gives way: by dates and slack, by priority first, or by row number alone",
    )
    rules.add_argument("--within-slack", action="store_true", help="delay nothing past its slack: the finish stays")
    rules.add_argument("--split", action="store_true", help="work may pause, also what remains of started tasks")
    rules.add_argument(
        "--by",
        choices=[by.value for by in Granularity],
        default=Granularity.MINUTE.value,
        help="the stretch in which work is compared with capacity (minute: nothing overlaps)",
    )
    rules.add_argument("--resource", action="append", metavar="NAME", help="level only this one; may be repeated")
    rules.add_argument(
        "--from", dest="first", type=local_moment, metavar="D", help="only what is over capacity from here"
    )
    rules.add_argument("--to", dest="last", type=local_moment, metavar="D", help="and before here")
    earlier = rules.add_mutually_exclusive_group()
    earlier.add_argument("--keep", action="store_true", help="add to earlier levelling delays, not in their place")
    earlier.add_argument("--clear", action="store_true", help="only take earlier levelling back")


def refuse_without_rules(arguments: argparse.Namespace) -> None:
    """Refuse options of levelling by rules where searching would ignore them."""
    given = [name for name in _OF_RULES if getattr(arguments, name)]
    given += [name for name, standard in _CHOICES_OF_RULES.items() if getattr(arguments, name) != standard]
    if given and arguments.method != RULES:
        told = ", ".join(f"--{_OPTIONS.get(name, name.replace('_', '-'))}" for name in given)
        raise Refused(f"Only levelling by rules knows {told}. Add --method rules, or leave them out.")


def level_by_rules(plan: Plan, arguments: argparse.Namespace, out: Output, begun: float) -> LevelledPlan:
    """The plan levelled by rules; `begun` is when its file began to be read, by the monotonic clock."""
    options = Options(
        order=Order(arguments.order),
        within_slack=arguments.within_slack,
        split=arguments.split,
        clear=not arguments.keep,
        granularity=Granularity(arguments.by),
        resources=_resources(plan, arguments.resource),
        first=arguments.first,
        last=arguments.last,
    )
    try:
        with out.progress("Levelling"):
            found = _cleared(plan, options) if arguments.clear else level(plan, options=options)
    except PlanError as error:
        raise Refused(str(error), {"file": arguments.file.name}) from error
    bound = found.before if options.clear else schedule(clear(plan))
    return LevelledPlan(
        levelled=found,
        makespan=_length(found.plan, found.schedule),
        lower_bound=min(_length(found.plan, bound), _length(found.plan, found.schedule)),
        seconds=round(time.monotonic() - begun, 3),
        schedules=1,
        seed=0,
    )


def _cleared(plan: Plan, options: Options) -> Levelled:
    without = clear(plan)
    dates = schedule(without)
    over = over_allocations(without, dates, by=options.granularity, resources=options.resources)
    left = tuple(Unresolved(row, ("is not levelled",) * len(row.task_uids)) for row in over)
    return Levelled(without, dates, dates, (), left)


def _resources(plan: Plan, names: list[str] | None) -> frozenset[int] | None:
    if not names:
        return None
    known = {row.name: row.uid for row in plan.resources if row.type is ResourceType.WORK}
    for name in names:
        if name not in known:
            raise Refused(f"The plan has no work resource '{name}'. It has: {', '.join(known) or 'none'}.")
    return frozenset(known[name] for name in names)


def _length(plan: Plan, dates: Schedule) -> WorkTime:
    """Working time of the project's calendar from the project start to the finish."""
    axis = Calendars(plan.calendars, default_uid=plan.project.calendar_uid).default
    return axis.work_between(dates.start, dates.finish)
