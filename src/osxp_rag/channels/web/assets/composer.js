// The question box: filters as chips above it, ask or stop beside it.

import { ask, busy, stop } from "./conversation.js";
import { button, el } from "./dom.js";
import { engineButton } from "./engine.js";
import { app, emit, on } from "./state.js";
import { named, t } from "./texts.js";

const LONGEST = 1000;
const TALLEST = 160; // pixels

let box = null;

/** Show the question box. */
export function mountComposer(node) {
  const render = () => {
    const typed = box?.value ?? "";
    box = textarea(typed);
    node.replaceChildren(chips(), el("form", { class: "card", on: { submit } }, label(), box, act()), el("div", { class: "foot" }, engineButton(), hint()));
    grow();
  };
  on("language", render);
  on("filters", () => node.querySelector(".chips").replaceWith(chips()));
  on("busy", () => node.querySelector(".act").replaceWith(act()));
  on("server", () => node.querySelector(".hint").replaceWith(hint()));
  for (const news of ["engine", "server"]) on(news, () => renamed(node));
  render();
}

function renamed(node) {
  const old = node.querySelector(".engine");
  const focused = old === document.activeElement;
  const next = engineButton();
  if (next.title === old.title) return;
  old.replaceWith(next);
  if (focused) next.focus();
}

/** Put a question into the box, for the visitor to change or to ask. */
export function propose(question) {
  box.value = question;
  grow();
  box.focus();
}

function label() {
  return el("label", { class: "unseen", for: "question", text: t("ask.label") });
}

function textarea(typed) {
  const props = { id: "question", rows: "1", maxlength: LONGEST, placeholder: t("ask.placeholder"), value: typed, autocomplete: "off" };
  return el("textarea", { ...props, on: { input: grow, keydown: enter } });
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, TALLEST)}px`;
}

function enter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  submit(event);
}

function submit(event) {
  event.preventDefault();
  const question = box.value.toWellFormed().trim(); // the length limit may have cut a character in two
  if (!question || busy()) return;
  box.value = "";
  grow();
  ask(question);
}

function act() {
  if (busy()) return button(t("ask.stop"), stop, { class: "act stop" });
  return el("button", { type: "submit", class: "act primary", text: t("ask.ask") });
}

function hint() {
  const waiting = !app.server.ready && !app.server.trouble;
  return el("p", { class: "hint", text: waiting ? t("ask.preparing") : t("ask.hint") });
}

function chips() {
  const all = Object.entries(app.filters);
  const list = el("ul", { class: "chips", "aria-label": t("facets.applied"), hidden: !all.length });
  list.append(...all.map(([key, value]) => el("li", {}, chip(key, value))));
  return list;
}

function chip(key, value) {
  const drop = () => {
    delete app.filters[key];
    emit("filters");
    box.focus();
  };
  const words = t("facets.pair", { key: t(`facet.${key}`), value: named(key, value) });
  const props = { class: "chip", "aria-label": t("facets.remove", { filter: words }) };
  const node = button(words, drop, props);
  node.append(el("span", { class: "cross", "aria-hidden": "true", text: "×" }));
  return node;
}
