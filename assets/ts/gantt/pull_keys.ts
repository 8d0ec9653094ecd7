// The keys that pull at the selected bar while Alt is held down.
import { type Grip } from "./bars";

export interface PullKey {
  grip: Grip;
  way: number;
}

const KEYS: Record<string, PullKey> = {
  ArrowLeft: { grip: "body", way: -1 },
  ArrowRight: { grip: "body", way: 1 },
  "-": { grip: "finish", way: -1 },
  "+": { grip: "finish", way: 1 },
  "=": { grip: "finish", way: 1 },
  // By its place, where Alt makes another letter of the key.
  Minus: { grip: "finish", way: -1 },
  Equal: { grip: "finish", way: 1 },
  PageDown: { grip: "progress", way: -1 },
  PageUp: { grip: "progress", way: 1 },
};
const CTRL_KEYS: Record<string, PullKey> = {
  ArrowLeft: { grip: "start", way: -1 },
  ArrowRight: { grip: "start", way: 1 },
};

export function pullKeyOf(event: KeyboardEvent): PullKey | null {
  if (!event.altKey || event.shiftKey || event.metaKey) return null;
  const keys = event.ctrlKey ? CTRL_KEYS : KEYS;
  return keys[event.key] ?? keys[event.code] ?? null;
}
