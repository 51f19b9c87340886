// The sources of the answer that is looked at: each quote highlighted among the words around it.

import { button, el, outside, reveal, safeUrl } from "./dom.js";
import { pageOf, sectionOf } from "./places.js";
import { openDocument } from "./router.js";
import { app, on } from "./state.js";
import { day, named, t } from "./texts.js";

const AROUND = 160; // characters kept on each side of a quote that is not opened
const narrow = matchMedia("(max-width: 1099px)");
let panel = null;
let home = null;

/** Show the sources, beside the conversation where there is room, else below the answer. */
export function mountSources(node) {
  panel = el("div", { class: "panel" });
  home = node;
  home.append(panel);
  on("active", render);
  on("language", render);
  on("drawn", settle);
  on("cited", open);
  narrow.addEventListener("change", settle);
  render();
}

function settle() {
  const below = app.active && document.querySelector(`#turn-${app.active.number} > .beneath`);
  const place = narrow.matches && below ? below : home;
  if (panel.parentElement !== place) place.append(panel);
  for (const turn of document.querySelectorAll("article.turn")) {
    turn.classList.toggle("active", turn.id === `turn-${app.active?.number}`);
  }
}

function render() {
  const citations = app.active?.answer?.citations ?? [];
  panel.hidden = !citations.length && narrow.matches;
  const heading = el("h2", { class: "heading", text: t("sources.title") });
  const empty = el("p", { class: "empty", text: t(app.active ? "sources.none" : "sources.empty") });
  panel.replaceChildren(heading, ...(citations.length ? citations.map(card) : [empty]));
  settle();
}

function card(citation) {
  const known = app.active.contexts?.[citation.id] ?? {};
  const headline = el("h3", {}, el("span", { class: "number", text: citation.id }), el("span", { class: "title", text: citation.title }));
  const node = el("section", { class: "source", id: `source-${citation.id}`, tabindex: "-1", "aria-label": label(citation) });
  node.append(headline, facts(citation, known), passage(citation, known, false), links(citation));
  node.addEventListener("keydown", (event) => event.key === "Escape" && back(citation.id));
  return node;
}

const label = ({ id, title }) => t("cite.label", { n: id, title });

function facts(citation, { track, date }) {
  const parts = [
    track && named("track", track),
    sectionOf(citation),
    pageOf(citation),
    date && day(date),
    citation.also?.length && t("sources.also", { paths: citation.also.join(", ") }),
  ].filter(Boolean);
  return el("p", { class: "facts" }, parts.map((part) => el("span", { text: part })));
}

function passage(citation, { before = "", after = "" }, whole) {
  const tight = (text) => text.replace(/\n{2,}/g, "\n"); // empty lines waste the room of a few words
  const lead = whole ? before : tight(ending(before));
  const rest = whole ? after : tight(beginning(after));
  return el("blockquote", {}, lead, el("mark", { text: citation.quote }), rest);
}

/** Return the end of the words before a quote, cut between words. */
function ending(text) {
  const points = Array.from(text);
  return points.length <= AROUND ? text : `… ${points.slice(-AROUND).join("").replace(/^\S*\s/, "")}`;
}

/** Return the beginning of the words after a quote, cut between words. */
function beginning(text) {
  const points = Array.from(text);
  return points.length <= AROUND ? text : `${points.slice(0, AROUND).join("").replace(/\s\S*$/, "")} …`;
}

function links(citation) {
  const read = button(t("sources.read"), () => openDocument(citation.document, citation.start, citation.end), { class: "link" });
  const url = safeUrl(citation.url) ? outside(t("sources.source"), citation.url, { class: "link" }) : null;
  return el("p", { class: "links" }, read, url);
}

function open(id) {
  const citation = app.active.answer.citations.find((one) => one.id === id);
  for (const one of panel.querySelectorAll(".source")) one.classList.toggle("open", one.id === `source-${id}`);
  const node = panel.querySelector(`#source-${id}`);
  node.querySelector("blockquote").replaceWith(passage(citation, app.active.contexts?.[id] ?? {}, true));
  node.focus({ preventScroll: true });
  reveal(node.querySelector("mark"), "center");
}

function back(id) {
  document.querySelector(`#turn-${app.active.number} a.cite[href="#source-${id}"]`)?.focus();
}
