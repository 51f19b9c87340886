// An answer's text: statements, their marks as links, the answering words in bold.

import { el } from "./dom.js";
import { tip } from "./popover.js";
import { t } from "./texts.js";

const MARK = /\s*\[(\d{1,3})\]/g;
const flat = (text) => text.replace(/\s+/gu, " ");
const length = (text) => Array.from(text).length;

/** Return the statements of an answer; `open` is called with the number of the citation whose mark is clicked. */
export function statements(turn, open) {
  const { answer } = turn;
  const known = new Map(answer.citations.map((one) => [one.id, one]));
  const mark = (id) => marker(turn, known.get(id), open);
  const bold = emphasis(answer);
  const node = el("div", { class: "statements" });
  let list = null;
  let at = 0;
  for (const line of answer.text.split("\n")) {
    const item = line.startsWith("- ");
    const lead = item ? 2 : 0;
    const parts = pieces(line.slice(lead), at + lead, bold, known, mark);
    at += length(line) + 1;
    if (!line.trim()) continue;
    if (item && !list) node.append((list = el("ul")));
    if (!item) list = null;
    (item ? list : node).append(el(item ? "li" : "p", {}, parts));
  }
  return node;
}

/** Return where the answering words stand in the text, in characters: [start, end], or null. */
export function emphasis({ text, direct, citations }) {
  const citation = direct && citations.find((one) => one.id === direct.citation);
  if (!citation) return null;
  const found = text.indexOf(flat(citation.quote));
  if (found < 0) return null;
  const before = flat(Array.from(citation.quote).slice(0, direct.start - citation.start).join(""));
  const start = length(text.slice(0, found)) + length(before);
  return [start, start + length(flat(direct.text))];
}

function pieces(line, at, bold, known, mark) {
  const parts = [];
  let done = 0;
  const plain = (end) => parts.push(...emphasised(line.slice(done, end), at + length(line.slice(0, done)), bold));
  for (const match of line.matchAll(MARK)) {
    if (!known.has(Number(match[1]))) continue;
    plain(match.index);
    parts.push("\u2060", mark(Number(match[1]))); // the joiner keeps the mark on the line of its word
    done = match.index + match[0].length;
  }
  plain(line.length);
  return parts;
}

function emphasised(text, at, bold) {
  const points = Array.from(text);
  const [start, end] = bold ? bold.map((place) => Math.min(Math.max(place - at, 0), points.length)) : [0, 0];
  if (start >= end) return [text];
  const part = (from, to) => points.slice(from, to).join("");
  return [part(0, start), el("strong", { text: part(start, end) }), part(end)];
}

function marker(turn, citation, open) {
  const click = (event) => {
    event.preventDefault();
    open(citation.id);
  };
  const props = { class: "cite", href: `#source-${citation.id}`, "aria-label": t("cite.label", { n: citation.id, title: citation.title }) };
  const node = el("a", { ...props, text: citation.id, on: { click } });
  return tip(node, citation);
}
