// The top bar: the name, the state of the index, the tabs, the language, the theme.

import { button, el } from "./dom.js";
import { go } from "./router.js";
import { app, emit, on } from "./state.js";
import { ago, count, language, setLanguage, t } from "./texts.js";
import { isDark, toggleTheme } from "./theme.js";

const TABS = ["chat", "browse", "map", "admin"];

/** Show the bar, and keep it true. */
export function mountBar(node) {
  const render = () => node.replaceChildren(name(), tabs(), tools());
  on("language", render);
  on("server", render);
  on("view", () => select(node));
  setInterval(() => node.querySelector(".facts")?.replaceWith(facts()), 30000);
  render();
}

function name() {
  return el("div", { class: "brand" }, el("h1", { text: t("title") }), facts());
}

function facts() {
  const { ready, trouble, documents, created, offline, gone } = app.server;
  if (gone) return el("p", { class: "facts trouble", role: "status", text: t("bar.gone") });
  if (trouble) return el("p", { class: "facts trouble", role: "status", text: t("bar.trouble"), title: trouble });
  const parts = [documents ? count("bar.documents", documents) : null, created ? t("bar.indexed", { ago: ago(created) }) : null];
  const state = ready ? (offline ? t("bar.offline") : null) : t("bar.preparing");
  return el(
    "p",
    { class: "facts", role: "status", "data-ready": ready ? "yes" : "no" },
    el("span", { class: ready ? "dot" : "dot busy", "aria-hidden": "true" }),
    [...parts, state].filter(Boolean).join(" · "),
  );
}

function tabs() {
  const shown = TABS.filter((tab) => tab !== "admin" || app.server.admin);
  const list = el("div", { class: "tabs", role: "tablist", "aria-label": t("bar.views") }, shown.map(tabOf));
  list.addEventListener("keydown", walk);
  select(list);
  return list;
}

function tabOf(tab) {
  const props = { role: "tab", id: `tab-${tab}`, "aria-controls": `view-${tab}`, "data-tab": tab };
  return button(t(`tab.${tab}`), () => go(tab), props);
}

function select(node) {
  const view = app.view?.view === "document" ? "browse" : app.view?.view ?? "chat";
  for (const tab of node.querySelectorAll("[role=tab]")) {
    const chosen = tab.dataset.tab === view;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
  }
}

function walk(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const all = [...event.currentTarget.querySelectorAll("[role=tab]")];
  const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
  next.focus();
  next.click();
  event.preventDefault();
}

function tools() {
  const other = language() === "en" ? "fr" : "en";
  const change = () => {
    setLanguage(other);
    emit("language");
    document.querySelector(".tool.language")?.focus();
  };
  const theme = () => {
    toggleTheme();
    dark.setAttribute("aria-pressed", String(isDark()));
  };
  const dark = button(t("bar.dark"), theme, { class: "tool theme", "aria-pressed": String(isDark()) });
  const label = t("bar.language", {}, other);
  return el("div", { class: "tools" }, button(label, change, { class: "tool language", lang: other }), dark);
}
