// What is said in return: an answer to small talk, and a question back where too little was said.

import { ask } from "./conversation.js";
import { button, el } from "./dom.js";

/** Return an answer to small talk: its lines, no quotes. */
export const said = ({ text }) => el("div", { class: "notice" }, lines(text).map((line) => el("p", { text: line })));

/** Return the question back, and what may have been meant: each is asked by a click. */
export function clarification({ text, choices }) {
  const items = choices.map(({ label, question }) => el("li", {}, button(label, () => ask(question), { class: "example", title: question })));
  return el("div", { class: "notice" }, el("p", { text: lines(text)[0] }), el("ul", { class: "examples choices" }, items));
}

const lines = (text) => text.split("\n").filter((line) => line.trim());
