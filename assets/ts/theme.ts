// Runs before the first paint: light or dark by the person's choice in this browser, else by the system's.
import { applyTheme } from "./theme-choice";

applyTheme();
