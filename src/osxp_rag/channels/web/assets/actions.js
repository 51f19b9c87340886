// What can be done with an answer: ask why, copy it, judge it.

import { put } from "./api.js";
import { copyAnswer } from "./copy.js";
import { button, el } from "./dom.js";
import { app } from "./state.js";
import { t } from "./texts.js";
import { toggleWhy } from "./why.js";

const SHORTLY = 2000; // ms that "copied" stays

/** Return the row of actions below an answer. */
export function actions(turn) {
  const row = el("div", { class: "actions" });
  const panel = el("div", { class: "why", id: `why-${turn.number}`, hidden: true });
  const props = { class: "quiet whybutton", "aria-expanded": "false", "aria-controls": panel.id };
  const why = button(t("why.open"), () => toggleWhy(turn, panel, why), props);
  const copy = button(t("turn.copy"), () => copied(turn, copy), { class: "quiet copy" });
  row.append(why, turn.answer.status === "answered" ? copy : "", ...(app.server.keep_chats && turn.id ? thumbs(turn) : []));
  return [row, el("div", { class: "judged" }), panel];
}

async function copied(turn, node) {
  const done = await copyAnswer(turn);
  node.textContent = t(done ? "turn.copied" : "turn.notcopied");
  setTimeout(() => (node.textContent = t("turn.copy")), SHORTLY);
}

function thumbs(turn) {
  return ["up", "down"].map((value) => {
    const chosen = turn.feedback?.value === value;
    const props = { class: `quiet thumb ${value}`, "aria-pressed": String(chosen) };
    return button(t(`feedback.${value}`), (event) => judge(turn, value, event.currentTarget), props);
  });
}

async function judge(turn, value, node) {
  const chosen = turn.feedback?.value === value ? null : value;
  turn.feedback = chosen ? { value: chosen, reason: "" } : null;
  const row = node.parentElement;
  for (const thumb of row.querySelectorAll(".thumb")) {
    thumb.setAttribute("aria-pressed", String(Boolean(chosen) && thumb.classList.contains(chosen)));
  }
  const below = row.nextElementSibling;
  await keep(turn, below, chosen);
  if (chosen) below.replaceChildren(reason(turn, below));
}

async function keep(turn, below, value, reason = "") {
  try {
    await put(`/api/turns/${encodeURIComponent(turn.id)}/feedback`, { value, reason });
    below.replaceChildren();
  } catch (error) {
    below.replaceChildren(el("p", { class: "trouble", role: "alert", text: error.message || t("trouble.server") }));
  }
}

function reason(turn, below) {
  const id = `reason-${turn.number}`;
  const box = el("input", { type: "text", id, maxlength: "500", autocomplete: "off" });
  const submit = async (event) => {
    event.preventDefault();
    turn.feedback = { ...turn.feedback, reason: box.value.trim() };
    await keep(turn, below, turn.feedback.value, box.value.trim());
    if (!below.children.length) below.replaceChildren(el("p", { role: "status", text: t("feedback.thanks") }));
  };
  const label = el("label", { for: id, text: t(`feedback.why.${turn.feedback.value}`) });
  const send = el("button", { type: "submit", text: t("feedback.send") });
  return el("form", { class: "reason", on: { submit } }, label, box, send);
}
