// Why this answer: the passages considered with their scores, and what moved the probability.

import { post } from "./api.js";
import { gauge, meter, moves } from "./charts.js";
import { earlier } from "./conversation.js";
import { button, el } from "./dom.js";
import { sectionOf } from "./places.js";
import { openDocument } from "./router.js";
import { app } from "./state.js";
import { count, has, language, num, percent, t } from "./texts.js";

const SIGNS = 6; // shown at once; the others are a click away

/** Open or close the explanation of a turn. */
export async function toggleWhy(turn, panel, opener) {
  panel.hidden = !panel.hidden;
  opener.setAttribute("aria-expanded", String(!panel.hidden));
  if (panel.hidden || panel.children.length) return;
  panel.append(el("p", { class: "working", role: "status" }, el("span", { class: "pulse", "aria-hidden": "true" }), t("why.working")));
  try {
    const body = { question: turn.question, filters: turn.filters ?? {}, chat: app.chat, language: language(), turns: earlier(turn), engine: turn.asked ?? null };
    panel.replaceChildren(...explained(turn, await post("/api/why", body)));
  } catch (error) {
    panel.replaceChildren(el("p", { role: "alert", text: error.message || t("trouble.server") }));
  }
}

function explained(turn, why) {
  const cited = new Map(turn.answer.citations.map((one) => [one, one.id]));
  return [
    changed(turn, why),
    el("h3", { text: t("why.probability") }),
    verdict(why),
    gauge(why.probability, why.threshold, { probability: percent(why.probability), threshold: t("why.threshold", { share: percent(why.threshold) }) }),
    ...signs(why),
    el("h3", { text: t("why.passages") }),
    el("p", { text: `${count("why.found", why.candidates)} ${t("why.columns")}` }),
    why.passages.length ? table(why, cited) : null,
  ].filter(Boolean);
}

function changed({ answer }, { generation }) {
  return answer.generation === generation ? null : el("p", { class: "notice", text: t("why.changed") });
}

function verdict({ probability, threshold, question }) {
  const key = probability >= threshold ? "why.answered" : "why.refused";
  return el("p", { text: t(key, { share: percent(probability), threshold: percent(threshold), question }) });
}

function signs({ signs: all, usual }) {
  if (!all.length) return [];
  const rows = all.map((sign) => ({ ...sign, label: label(sign) }));
  const said = ({ moved }) => t(moved >= 0 ? "why.for" : "why.against", { amount: num(Math.abs(moved), 2) });
  const widest = Math.max(...rows.map((row) => Math.abs(row.moved)), 0.01);
  const parts = [el("h3", { text: t("why.signs") }), el("p", { text: t("why.usual", { share: percent(usual) }) }), moves(rows.slice(0, SIGNS), widest, said)];
  if (rows.length > SIGNS) {
    parts.push(el("details", { class: "rest" }, el("summary", { text: t("why.moresigns") }), moves(rows.slice(SIGNS), widest, said)));
  }
  return parts;
}

/** Return what a sign says; some are there or not, and say either. */
function label({ name, value }) {
  const key = value === 0 && has(`sign.${name}.no`) ? `sign.${name}.no` : `sign.${name}`;
  return has(key) ? t(key) : name;
}

function table(why, cited) {
  const heads = ["passage", "dense", "lexical", "fused", "reader"];
  const head = el("tr", {}, heads.map((name) => el("th", { scope: "col", text: t(`why.col.${name}`), title: has(`why.tip.${name}`) ? t(`why.tip.${name}`) : null })));
  const rows = why.passages.map((passage, rank) => row(passage, rank + 1, cited));
  const wrap = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("why.passages") });
  wrap.append(el("table", { class: "scores" }, el("thead", {}, head), el("tbody", {}, rows)));
  return wrap;
}

function row(passage, rank, cited) {
  const marks = [...cited].filter(([one]) => one.document === passage.document && one.start >= passage.start && one.start < passage.end);
  const read = passage.answerable;
  return el(
    "tr",
    { class: marks.length ? "cited" : null },
    el("th", { scope: "row" }, el("div", { class: "what" }, what(passage, rank, marks.map(([, id]) => id)))),
    score(passage.dense_norm, num(passage.dense, 3)),
    score(passage.lexical_norm, num(passage.lexical, 1)),
    score(passage.score, num(passage.score, 2)),
    read === null ? el("td", { class: "none", text: t("why.unread") }) : score(read, percent(read)),
  );
}

function what(passage, rank, marks) {
  const open = button(passage.title, () => openDocument(passage.document, passage.start, passage.end), { class: "link" });
  const section = sectionOf(passage);
  const quoted = marks.map((id) => el("span", { class: "number", text: id, "aria-label": t("why.quoted", { n: id }), role: "img" }));
  return [
    el("span", { class: "rank" }, num(rank), quoted),
    open,
    section ? el("span", { class: "section", text: section }) : null,
    terms(passage),
  ];
}

function terms({ words }) {
  if (!words.length) return el("span", { class: "terms", text: t("why.noterms") });
  return el("span", { class: "terms", text: words.map(({ word, score: part }) => `${word} ${num(part, 1)}`).join(" · ") });
}

const score = (share, text) => el("td", {}, meter(share), el("span", { class: "value", text }));
