// Work and cost by row, and whose work does not fit into their time. What the plan says now; dates and work come from the server.
import { type Plan, type Task, isDone } from "./model";

/** Work by uid, in tenths of minutes; that of a summary is its tasks'. Rows without work are left out. */
export function worksOf(plan: Plan): Map<number, number> {
  const found = new Map<number, number>();
  for (let place = plan.tasks.length - 1; place >= 0; place -= 1) {
    const task = plan.tasks[place] as Task;
    const shares = plan.sharesOn(task).filter(({ person }) => person.percent !== null);
    const own = task.summary ? 0 : shares.length ? shares.reduce((sum, { work }) => sum + work, 0) : (task.more?.work ?? 0);
    const work = own + (found.get(task.uid) ?? 0);
    if (!work) continue;
    found.set(task.uid, work);
    if (task.parent && task.active) found.set(task.parent.uid, (found.get(task.parent.uid) ?? 0) + work);
  }
  return found;
}

/** Cost by uid; that of a summary is its tasks' and its own. Rows that cost nothing are left out. */
export function costsOf(plan: Plan): Map<number, number> {
  const found = new Map<number, number>();
  for (let place = plan.tasks.length - 1; place >= 0; place -= 1) {
    const task = plan.tasks[place] as Task;
    if (!task.active) continue;
    let cost = (found.get(task.uid) ?? 0) + (plan.fixedCosts.get(task.uid) ?? 0);
    for (const { person, work, overtime } of plan.sharesOn(task)) {
      if (!person.rates) continue;
      const [hour, extra, each] = person.rates;
      cost += ((work - overtime) * hour + overtime * extra) / 600 + each;
    }
    if (!cost) continue;
    found.set(task.uid, cost);
    if (task.parent) found.set(task.parent.uid, (found.get(task.parent.uid) ?? 0) + cost);
  }
  return found;
}

/** Tasks that run while the units asked of somebody on them are more than there are of them. */
export function overCapacity(plan: Plan): Set<number> {
  const byPerson = new Map<number, { task: Task; percent: number; whole: number }[]>();
  for (const task of plan.tasks) {
    if (task.summary || !task.active || isDone(task) || task.start === null || task.finish === null || task.finish <= task.start) continue;
    for (const { person, percent } of plan.sharesOn(task)) {
      if (person.percent === null) continue;
      const on = byPerson.get(person.uid);
      const item = { task, percent, whole: person.percent };
      if (on) on.push(item);
      else byPerson.set(person.uid, [item]);
    }
  }
  const over = new Set<number>();
  for (const items of byPerson.values()) {
    const events = items.flatMap((item) => [
      { at: item.task.start as number, begins: true, item },
      { at: item.task.finish as number, begins: false, item },
    ]);
    events.sort((one, other) => one.at - other.at || Number(one.begins) - Number(other.begins)); // what ends makes room first
    const running = new Set<(typeof items)[number]>();
    let sum = 0;
    for (const { begins, item } of events) {
      if (begins) running.add(item);
      else running.delete(item);
      sum += begins ? item.percent : -item.percent;
      if (begins && sum > item.whole + 0.01) for (const one of running) over.add(one.task.uid);
    }
  }
  return over;
}
