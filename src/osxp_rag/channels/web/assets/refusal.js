// A refusal: that there is no answer, why, what is near, and other ways to ask.

import { propose } from "./composer.js";
import { ask } from "./conversation.js";
import { button, el } from "./dom.js";
import { openDocument } from "./router.js";
import { app } from "./state.js";
import { percent, t } from "./texts.js";

const ASIDE = new Set(["small_talk", "underspecified"]); // said in return, rather than refused

/** Return a refusal, in the language of the question. */
export function refusal(turn) {
  const { answer } = turn;
  if (ASIDE.has(answer.reason)) return aside(answer);
  return el(
    "div",
    { class: "notice refusal" },
    el("h3", { text: answer.text }),
    el("p", { text: reason(answer) }),
    nearest(answer),
    rephrasings(turn),
  );
}

function aside({ text, choices = [], language }) {
  const items = choices.map((one) => el("li", {}, button(one.label, () => ask(one.question), { class: "example" })));
  const lines = text.split("\n").filter((line) => line.trim());
  const said = (items.length ? lines.slice(0, 1) : lines).map((line) => el("p", { text: line }));
  return el("div", { class: "notice" }, said, items.length ? el("ul", { class: "examples choices", lang: language }, items) : null);
}

function reason({ reason: code, confidence, language }) {
  const values = { share: percent(confidence), threshold: percent(app.server.threshold ?? 0) };
  return t(`refusal.${code}`, values, language);
}

function nearest({ nearest: near, language }) {
  if (!near.length) return null;
  const items = near.map(({ document, title }) => el("li", {}, button(title, () => openDocument(document), { class: "link" })));
  return [el("h4", { text: t("refusal.nearest", {}, language) }), el("ul", { class: "nearest" }, items)];
}

function rephrasings(turn) {
  const { filters = {}, answer } = turn;
  const items = rephrase(turn.question, answer).map((question) => button(question, () => propose(question), { class: "example" }));
  if (Object.keys(filters).length) {
    items.unshift(button(t("refusal.unfiltered", {}, answer.language), () => ask(turn.question, {}), { class: "example" }));
  }
  if (!items.length) return null;
  return [el("h4", { text: t("refusal.rephrase", {}, answer.language) }), el("ul", { class: "examples", lang: answer.language }, items.map((one) => el("li", {}, one)))];
}

/** Return two other ways to ask, in the question's language: of its subject, and of the nearest document. */
export function rephrase(question, { language, nearest: near }) {
  const subject = subjectOf(question);
  const about = subject ? t("rephrase.which", { subject }, language) : null;
  const whole = near.length ? t("rephrase.about", { title: near[0].title }, language) : null;
  const other = near.length > 1 ? t("rephrase.about", { title: near[1].title }, language) : null;
  return [about, whole, other].filter((one) => one && one !== question).slice(0, 2);
}

/** Return what a question names: its capitalised words but the first, else its longest word. */
function subjectOf(question) {
  const words = question.match(/[\p{L}\p{N}][\p{L}\p{N}.+#-]*/gu) ?? [];
  const names = words.filter((word, place) => /\p{N}|\p{Lu}.*\p{Lu}/u.test(word) || (place > 0 && /^\p{Lu}/u.test(word)));
  if (names.length) return names.slice(0, 3).join(" ");
  return words.filter((word) => word.length > 4).sort((one, two) => two.length - one.length)[0] ?? null;
}
