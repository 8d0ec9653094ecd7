// The ends of two bars that a line joins, and which kind of link that makes.
import { type LinkKind, type Task } from "./model";
import { type PlanChange } from "./server";

export interface End {
  task: Task;
  atFinish: boolean;
}

function kindOf(from: End, to: End): LinkKind {
  if (from.atFinish) return to.atFinish ? "FF" : "FS";
  return to.atFinish ? "SF" : "SS";
}

export function linkOf(from: End, to: End): PlanChange {
  return { act: "link", task: to.task.uid, other: from.task.uid, value: kindOf(from, to) };
}

export function linkWords(from: End, to: End): string {
  const end = ({ atFinish }: End): string => (atFinish ? "finish" : "start");
  return `${from.atFinish ? "Finish" : "Start"} of ${from.task.name} → ${end(to)} of ${to.task.name} (${kindOf(from, to)})`;
}
