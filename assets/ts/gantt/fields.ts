// The fields of a task that a person can type.
type Fixed =
  | "name" | "duration" | "start" | "finish" | "predecessors" | "successors" | "people" | "work" | "percent"
  | "actual_start" | "actual_finish" | "remaining" | "constraint" | "constraint_date" | "deadline" | "priority" | "mode"
  | "type" | "calendar" | "milestone" | "active" | "owner" | "notes" | "level";
export type FieldName = Fixed | `custom:${string}`;
