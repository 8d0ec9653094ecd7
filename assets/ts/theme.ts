// Runs before the first paint: light or dark by the person's choice in this browser, else by the system's; and the keys
// that are pressed before the other scripts have come are kept for them.
import { keepEarlyKeys } from "./early-keys";
import { applyTheme } from "./theme-choice";

applyTheme();
keepEarlyKeys();
