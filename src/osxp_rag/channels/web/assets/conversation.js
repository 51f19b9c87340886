// The conversation: its turns, asking, stopping, asking again.

import { remove, stream, Trouble } from "./api.js";
import { reveal } from "./dom.js";
import { chosen, current } from "./engine.js";
import { madeOf } from "./made.js";
import { app, announce, emit, on } from "./state.js";
import { count, language, t } from "./texts.js";
import { renderTurn, spoken } from "./turn.js";
import { welcome } from "./welcome.js";

const REMEMBERED = 8; // turns

let log = null;
let running = null; // the AbortController of the question under way
let numbers = 0;

/** Show the conversation. */
export function mountConversation(node) {
  log = node;
  on("language", draw);
  on("turns", draw);
  for (const news of ["server", "engine"]) on(news, () => app.turns.length || draw());
  draw();
}

/** Return whether a question is under way. */
export const busy = () => running !== null;

/** Stop the question that is under way. */
export const stop = () => running?.abort();

/** Begin a new chat; nothing that was kept is lost. */
export function newChat() {
  stop();
  Object.assign(app, { chat: null, turns: [], active: null });
  emit("turns");
  emit("active");
  emit("chat");
}

/** Show a kept chat. */
export function showChat({ id, turns }) {
  stop();
  app.chat = id;
  app.turns = turns.map((turn) => ({ ...turn, number: ++numbers, state: "done" }));
  app.active = app.turns.at(-1) ?? null;
  emit("turns");
  emit("active");
  emit("chat");
}

/** Ask a question in this chat. */
export async function ask(question, filters = { ...app.filters }) {
  const turn = { number: ++numbers, question, filters, engine: current(), asked: chosen(), state: "waiting", partial: [], answer: null, contexts: null };
  app.turns.push(turn);
  if (app.turns.length === 1) log.replaceChildren();
  redraw(turn);
  reveal(document.getElementById(`turn-${turn.number}`), "start");
  announce(t("turn.working"));
  await run(turn);
}

/** Ask again from a turn on, with other words: the turn and all that follow it give way. */
export async function askAgain(turn, question) {
  stop();
  const from = app.turns.indexOf(turn);
  if (from < 0) return;
  const kept = app.turns.slice(from).find((one) => one.id);
  app.turns = app.turns.slice(0, from);
  emit("turns");
  if (app.chat && kept) {
    await remove(`/api/chats/${encodeURIComponent(app.chat)}/turns/${encodeURIComponent(kept.id)}`).catch(() => null);
  }
  await ask(question);
}

async function run(turn) {
  running = new AbortController();
  emit("busy");
  const turns = earlier(turn);
  const body = { question: turn.question, filters: turn.filters, chat: app.chat, language: language(), turns, engine: turn.asked };
  try {
    await stream("/api/ask", body, (event) => take(turn, event), running.signal);
    if (turn.state === "waiting") fail(turn, "");
  } catch (error) {
    if (error.name === "AbortError") turn.state = "stopped";
    else fail(turn, error instanceof Trouble ? error.message : "");
  }
  running = null;
  emit("busy");
  redraw(turn);
}

/** Return what was asked and answered before a turn, oldest first: what a follow-up may lean on. */
export function earlier(turn) {
  const before = app.turns.slice(0, app.turns.indexOf(turn)).filter((one) => one.answer);
  return before.slice(-REMEMBERED).map(({ answer: { considered, timings_ms: timings, nearest, ...rest } }) => rest);
}

const STEPS = {
  reading: (turn, { passages, titles }) => Object.assign(turn, { reading: { passages, titles } }),
  statement: (turn, { text }) => turn.partial.push(text),
  answer: (turn, event) => finish(turn, event),
  error: (turn, { message }) => fail(turn, message),
};

function take(turn, event) {
  if (!(event.event in STEPS)) return;
  STEPS[event.event](turn, event);
  redraw(turn);
}

function finish(turn, { answer, contexts, chat, turn: id }) {
  Object.assign(turn, { answer, contexts, id, state: "done" });
  if (chat) app.chat = chat;
  app.active = turn;
  emit("active");
  emit("chats");
  const sources = answer.citations.length;
  announce([spoken(answer), ...madeOf(answer), sources ? count("turn.sources", sources) : ""].join(" "));
}

function fail(turn, message) {
  Object.assign(turn, { state: "failed", message });
  announce(message || t("trouble.server"));
}

function draw() {
  if (!app.turns.length) log.replaceChildren(welcome());
  else log.replaceChildren(...app.turns.map(renderTurn));
  emit("drawn");
}

function redraw(turn) {
  const node = renderTurn(turn);
  const old = document.getElementById(`turn-${turn.number}`);
  if (old) old.replaceWith(node);
  else if (app.turns.includes(turn)) log.append(node);
  emit("drawn");
}
