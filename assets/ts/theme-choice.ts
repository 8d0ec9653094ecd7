// The theme: "light", "dark" or "system". Only this one word is kept in the browser.
export type Theme = "light" | "dark" | "system";

const KEY = "headway.theme";
const system = matchMedia("(prefers-color-scheme: dark)");

export function chosenTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system"; // storage may be switched off; the system's wish is then all there is
  }
}

export function applyTheme(): void {
  const chosen = chosenTheme();
  const dark = chosen === "dark" || (chosen === "system" && system.matches);
  document.documentElement.dataset["bsTheme"] = dark ? "dark" : "light";
}

export function chooseTheme(theme: Theme): void {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // the choice then holds for this page only
  }
  applyTheme();
}

export function followSystem(): void {
  system.addEventListener("change", applyTheme);
}
