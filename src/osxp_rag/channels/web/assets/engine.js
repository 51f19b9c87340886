// What phrases the answers: the visitor's choice, else the setting's; and the button that shows it.

import { button, el } from "./dom.js";
import { app, emit } from "./state.js";
import { t } from "./texts.js";

const KEY = "osxp-engine";

/** The engine whose answers are the documents' own words. */
export const QUOTES = "quotes";

/** Return the engine that was chosen; null for the setting's. */
export const chosen = () => localStorage.getItem(KEY);

/** Return the name of the engine that answers next. */
export const current = () => chosen() ?? app.server.engine ?? QUOTES;

/** Return what an engine is called in a sentence: without its address or its folder, as an answer names it. */
export function called(engine) {
  if (engine.startsWith("gguf:")) return `gguf:${engine.slice(5).split(/[/\\]/).at(-1)}`;
  return engine.replace(/@https?:.*$/, "");
}

/** Choose an engine, and remember it; null for the setting's. */
export function choose(engine) {
  if (engine === null) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, engine);
  emit("engine");
}

/** Return the button that tells what phrases the answers, and lets one choose. */
export function engineButton() {
  const engine = current();
  const words = engine === QUOTES ? t("engine.own") : t("engine.model", { engine: called(engine) });
  const node = button("", open, { class: "quiet engine", "aria-haspopup": "dialog", title: words });
  node.append(el("span", { class: "name", text: words }), el("span", { class: "more", "aria-hidden": "true", text: "▾" }));
  return node;
}

async function open() {
  const { chooseEngine } = await import("./engines.js"); // looks for language models, which few visitors have
  await chooseEngine();
  document.querySelector("#osxp .engine")?.focus();
}
