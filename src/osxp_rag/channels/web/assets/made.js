// How an answer was made, where a language model had a part in it: whose words it is in, what is missing and why.

import { el } from "./dom.js";
import { QUOTES } from "./engine.js";
import { t } from "./texts.js";

/** Return what is to be said of how an answer was made, in its language: lines of text, none for plain quotes. */
export function madeOf({ engine, notices = [], language }) {
  const phrased = engine && engine !== QUOTES ? [t("made.phrased", { engine }, language)] : [];
  return [...phrased, ...notices.map(({ text }) => text)];
}

/** Return the same as an element; null where there is nothing to say. */
export function made(answer) {
  const lines = madeOf(answer);
  if (!lines.length) return null;
  return el("div", { class: "made", role: "note", "aria-label": t("made.label", {}, answer.language) }, lines.map((text) => el("p", { text })));
}
