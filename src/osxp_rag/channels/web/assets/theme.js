// Light or dark: the visitor's choice, else the system's.

const KEY = "osxp-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Return whether the page is dark now. */
export const isDark = () => (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";

/** Put the theme on the page. */
export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

/** Change to the other theme, and remember it. */
export function toggleTheme() {
  localStorage.setItem(KEY, isDark() ? "light" : "dark");
  applyTheme();
}

system.addEventListener("change", applyTheme);
applyTheme();
