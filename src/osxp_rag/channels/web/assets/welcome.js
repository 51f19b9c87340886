// The first screen: what this is, what it knows, and questions to begin with.

import { get } from "./api.js";
import { ask } from "./conversation.js";
import { button, el } from "./dom.js";
import { QUOTES, current } from "./engine.js";
import { app } from "./state.js";
import { count, day, t } from "./texts.js";

let known = null; // of which generation, and its examples

/** Return the first screen. */
export function welcome() {
  const list = el("ul", { class: "examples" });
  const node = el(
    "div",
    { class: "welcome" },
    el("h2", { text: t("welcome.title") }),
    el("p", { class: "lead", text: lead() }),
    trouble(),
    el("h3", { text: t("welcome.examples") }),
    list,
  );
  fill(list);
  return node;
}

function lead() {
  const { documents, created } = app.server;
  const held = documents ? [count("welcome.documents", documents), t("welcome.indexed", { day: day(created) })] : [];
  const promise = current() === QUOTES ? t("welcome.quotes") : t("welcome.phrased");
  return [...held, promise, app.server.offline === false ? "" : t("welcome.offline")].join(" ").trim();
}

function trouble() {
  const { trouble: said } = app.server;
  if (!said) return null;
  return el("div", { class: "notice", role: "alert" }, el("h3", { text: t("bar.trouble") }), el("p", { text: said }));
}

async function fill(list) {
  const generation = app.server.generation ?? null;
  if (known?.generation !== generation || !known.examples.length) {
    known = { generation, examples: await get("/api/examples").catch(() => []) };
  }
  list.replaceChildren(...known.examples.map(example));
}

function example({ question, language }) {
  const props = { class: "example", lang: language };
  return el("li", {}, button(question, () => ask(question), props));
}
