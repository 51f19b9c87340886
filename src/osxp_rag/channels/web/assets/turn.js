// One turn: the question, and below it the answer, the refusal, or what is under way.

import { button, el } from "./dom.js";
import { actions } from "./actions.js";
import { confidence } from "./confidence.js";
import { askAgain } from "./conversation.js";
import { QUOTES, called } from "./engine.js";
import { made } from "./made.js";
import { refusal } from "./refusal.js";
import { app, emit } from "./state.js";
import { statements } from "./statements.js";
import { count, named, t } from "./texts.js";

/** Return a turn as an element; `#turn-N` in the page. */
export function renderTurn(turn) {
  const body = { waiting, stopped, failed, done }[turn.state](turn);
  const answer = el("div", { class: "answer", lang: turn.answer?.language ?? null }, body);
  const node = el("article", { class: `turn ${turn.state}`, id: `turn-${turn.number}`, "aria-busy": String(turn.state === "waiting") });
  node.append(asked(turn), answer, el("div", { class: "beneath" }));
  return node;
}

/** Return an answer's words without its marks. */
export const spoken = (answer) => answer.text.replace(/\s*\[\d{1,3}\]/g, "");

function asked(turn) {
  const filters = Object.entries(turn.filters ?? {}).map(([key, value]) => t("facets.pair", { key: t(`facet.${key}`), value: named(key, value) }));
  const head = el("div", { class: "asked" }, el("h2", { class: "question", text: turn.question }));
  if (filters.length) head.append(el("p", { class: "within", text: t("turn.within", { filters: filters.join(" · ") }) }));
  const meant = turn.answer?.condensed;
  if (meant) head.append(el("p", { class: "within", text: t("turn.meant", { question: meant }) }));
  const edit = button(t("turn.edit"), () => head.replaceWith(editor(turn, head)), { class: "quiet edit" });
  if (turn.state !== "waiting") head.append(edit);
  return head;
}

function editor(turn, head) {
  const box = el("textarea", { class: "again", rows: "2", maxlength: "1000", "aria-label": t("ask.label"), value: turn.question });
  const back = () => {
    form.replaceWith(head);
    head.querySelector(".edit")?.focus();
  };
  const submit = (event) => {
    event.preventDefault();
    if (box.value.trim()) askAgain(turn, box.value.trim());
  };
  const keydown = (event) => {
    if (event.key === "Escape") back();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  box.addEventListener("keydown", keydown);
  const send = el("button", { type: "submit", class: "primary", text: t("turn.again") });
  const form = el("form", { class: "asked editing", on: { submit } }, box, send, button(t("turn.cancel"), back));
  requestAnimationFrame(() => box.focus());
  return form;
}

function waiting(turn) {
  const status = el("p", { class: "working" }, el("span", { class: "pulse", "aria-hidden": "true" }), underway(turn));
  if (turn.partial.length) {
    return [el("div", { class: "statements" }, turn.partial.map((line) => el("p", { text: spoken({ text: line }) }))), status];
  }
  const titles = turn.reading?.titles ?? [];
  return [status, titles.length ? el("ul", { class: "near" }, titles.map((title) => el("li", { text: title }))) : null];
}

function underway({ reading, partial, engine }) {
  if (!app.server.ready) return t("turn.preparing");
  if (partial.length && engine !== QUOTES) return t("turn.phrasing", { engine: called(engine) });
  return reading ? count("turn.reading", reading.passages) : t("turn.working");
}

function stopped(turn) {
  const again = button(t("turn.retry"), () => askAgain(turn, turn.question), { class: "quiet" });
  return el("div", { class: "notice" }, el("p", { text: t("turn.stopped") }), again);
}

function failed(turn) {
  const again = button(t("turn.retry"), () => askAgain(turn, turn.question), { class: "quiet" });
  const said = el("p", { text: turn.message || t("trouble.server") });
  return el("div", { class: "notice trouble", role: "alert" }, el("h3", { text: t("trouble.title") }), said, again);
}

function done(turn) {
  if (turn.answer.status !== "answered") return [refusal(turn), actions(turn)];
  return [statements(turn, (id) => point(turn, id)), made(turn.answer), confidence(turn.answer), actions(turn)];
}

/** Show a citation's source, and go to it. */
function point(turn, id) {
  app.active = turn;
  emit("active");
  emit("cited", id);
}
