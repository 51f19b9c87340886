// Earlier chats, kept on this machine: open, rename, export, delete.

import { get, patch, remove } from "./api.js";
import { confirmed } from "./dialog.js";
import { newChat, showChat } from "./conversation.js";
import { button, el } from "./dom.js";
import { go } from "./router.js";
import { app, on } from "./state.js";
import { day, t } from "./texts.js";

const FORMATS = ["md", "html", "json"];
let node = null;
let chats = [];

/** Show the list of chats. */
export function mountHistory(place) {
  node = place;
  on("chats", load);
  on("server", (before) => before.keep_chats !== app.server.keep_chats && load());
  on("chat", render);
  on("language", render);
  document.addEventListener("click", leave);
  render();
}

/** Close the menus that a click went past. */
function leave({ target }) {
  for (const menu of node.querySelectorAll(".menu[open]")) if (!menu.contains(target)) menu.open = false;
}

async function load() {
  chats = app.server.keep_chats ? await get("/api/chats").catch(() => []) : [];
  render();
}

function render() {
  if (!app.server.keep_chats) {
    const off = app.server.keep_chats === false ? el("p", { class: "empty", text: t("chats.off") }) : "";
    node.replaceChildren(off);
    return;
  }
  const list = chats.length ? groups() : [el("p", { class: "empty", text: t("chats.none") })];
  const foot = el("div", { class: "foot" }, chats.length ? button(t("chats.deleteall"), removeAll, { class: "link" }) : "", feedback());
  node.replaceChildren(el("h2", { class: "heading", text: t("chats.title") }), ...list, foot);
}

function feedback() {
  return el("a", { class: "link", href: "/api/feedback/export", download: "", text: t("feedback.export") });
}

function groups() {
  const today = new Date().toDateString();
  const isToday = (chat) => new Date(chat.updated).toDateString() === today;
  const parts = [["chats.today", chats.filter(isToday)], ["chats.earlier", chats.filter((chat) => !isToday(chat))]];
  return parts.filter(([, some]) => some.length).flatMap(([key, some]) => [el("h3", { text: t(key) }), el("ul", {}, some.map(row))]);
}

function row(chat) {
  const current = chat.id === app.chat;
  const props = { class: "pick", "aria-current": current ? "true" : null, title: day(chat.updated) };
  return el("li", { class: current ? "chat current" : "chat" }, button(chat.title, () => open(chat), props), menu(chat));
}

function menu(chat) {
  const address = (format) => `/api/chats/${encodeURIComponent(chat.id)}/export?format=${format}`;
  const links = FORMATS.map((format) => el("a", { href: address(format), download: "", text: t(`export.${format}`) }));
  const rename = button(t("chats.rename"), () => retitle(chat, details));
  const drop = button(t("chats.delete"), () => removeOne(chat), { class: "danger" });
  const summary = el("summary", { "aria-label": t("chats.menu", { title: chat.title }), text: "…" });
  const details = el("details", { class: "menu" }, summary, el("div", { class: "items" }, rename, ...links, drop));
  details.addEventListener("keydown", (event) => event.key === "Escape" && (details.open = false, summary.focus(), event.stopPropagation()));
  return details;
}

async function open(chat) {
  try {
    showChat(await get(`/api/chats/${encodeURIComponent(chat.id)}`));
    go("chat");
  } catch {
    load();
  }
}

function retitle(chat, details) {
  const box = el("input", { type: "text", value: chat.title, maxlength: "200", "aria-label": t("chats.rename") });
  const submit = async (event) => {
    event.preventDefault();
    await patch(`/api/chats/${encodeURIComponent(chat.id)}`, { title: box.value.trim() || chat.title }).catch(() => null);
    load();
  };
  const form = el("form", { class: "retitle", on: { submit } }, box, el("button", { type: "submit", text: t("chats.save") }));
  details.parentElement.replaceChildren(form);
  box.select();
}

async function removeOne(chat) {
  if (!(await confirmed(t("chats.suredelete", { title: chat.title }), t("chats.delete")))) return;
  await remove(`/api/chats/${encodeURIComponent(chat.id)}`).catch(() => null);
  if (chat.id === app.chat) newChat();
  load();
}

async function removeAll() {
  if (!(await confirmed(t("chats.suredeleteall"), t("chats.deleteall")))) return;
  await remove("/api/chats").catch(() => null);
  newChat();
  load();
}
