// Keys that are pressed while a page is seen but its scripts are still on their way: kept until those ask for them.
// The script that runs before the first paint and those that run after it are built apart, so they meet on the window.
declare global {
  interface Window {
    headwayEarlyKeys?: KeyboardEvent[];
  }
}

export function keepEarlyKeys(): void {
  window.headwayEarlyKeys = [];
  document.addEventListener("keydown", (event) => window.headwayEarlyKeys?.push(event));
}

/** What was kept, oldest first; from now on nothing is. */
export function earlyKeys(): KeyboardEvent[] {
  const kept = window.headwayEarlyKeys ?? [];
  delete window.headwayEarlyKeys;
  return kept;
}
