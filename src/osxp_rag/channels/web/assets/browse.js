// The corpus as a table: search, sort, filter; a document opens in place.

import { get } from "./api.js";
import { button, el } from "./dom.js";
import { openDocument } from "./router.js";
import { app, announce } from "./state.js";
import { count, day, named, num, t } from "./texts.js";

const COLUMNS = ["title", "kind", "track", "lang", "date", "passages"];
const view = { search: "", track: "", sort: "title", down: false };
let known = { generation: null, documents: [] };

/** Show the table. */
export async function show(panel) {
  panel.replaceChildren(el("p", { class: "working", role: "status", text: t("browse.loading") }));
  const documents = await load();
  const body = el("div", { class: "tablehold" });
  const render = () => body.replaceChildren(...table(documents, render));
  panel.replaceChildren(el("h2", { class: "pagetitle", text: t("browse.title") }), controls(documents, render), body);
  render();
}

/** Return the documents' catalogue, fetched once a generation. */
export async function load() {
  if (known.generation !== app.server.generation || !known.documents.length) {
    known = { documents: await get("/api/documents"), generation: app.server.generation };
  }
  return known.documents;
}

function controls(documents, render) {
  const change = (name) => (event) => {
    view[name] = event.target.value;
    render();
  };
  const search = el("input", { type: "search", id: "browse-search", value: view.search, placeholder: t("browse.placeholder"), autocomplete: "off", on: { input: change("search") } });
  const tracks = [...new Set(documents.map((one) => one.track).filter(Boolean))].sort();
  const options = [el("option", { value: "", text: t("browse.alltracks") }), ...tracks.map((track) => el("option", { value: track, text: named("track", track) }))];
  const select = el("select", { id: "browse-track", on: { change: change("track") } }, options);
  select.value = view.track;
  return el(
    "div",
    { class: "controls" },
    el("label", { for: "browse-search", text: t("browse.search") }), search,
    el("label", { for: "browse-track", text: t("facet.track") }), select,
  );
}

function table(documents, render) {
  const rows = ordered(documents.filter(matches));
  const said = count("browse.count", rows.length);
  announce(said);
  const head = el("tr", {}, COLUMNS.map((name) => column(name, render)));
  const grid = el("table", { class: "documents" }, el("thead", {}, head), el("tbody", {}, rows.map(row)));
  return [el("p", { class: "number-of", text: said }), el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("browse.title") }, grid)];
}

function column(name, render) {
  const chosen = view.sort === name;
  const sort = () => {
    view.down = chosen && !view.down;
    view.sort = name;
    render();
    document.querySelector(`th[data-name="${name}"] button`)?.focus();
  };
  const arrow = el("span", { class: "arrow", "aria-hidden": "true", text: chosen ? (view.down ? "↓" : "↑") : "" });
  const head = button(t(`browse.col.${name}`), sort, { class: "sort" });
  head.append(arrow);
  return el("th", { scope: "col", class: name, "data-name": name, "aria-sort": chosen ? (view.down ? "descending" : "ascending") : "none" }, head);
}

function matches(one) {
  if (view.track && one.track !== view.track) return false;
  const words = plain(view.search).split(/\s+/).filter(Boolean);
  const text = plain([one.title, one.path, ...one.technologies, ...one.organisations, ...one.speakers].join(" "));
  return words.every((word) => text.includes(word));
}

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function ordered(rows) {
  const { sort, down } = view;
  const value = (one) => one[sort] ?? "";
  const compare = (one, two) => (sort === "passages" ? one.passages - two.passages : String(value(one)).localeCompare(String(value(two))));
  const sorted = [...rows].sort((one, two) => compare(one, two) || one.path.localeCompare(two.path));
  return down ? sorted.reverse() : sorted;
}

function row(one) {
  const open = button(one.title, () => openDocument(one.path), { class: "link" });
  return el(
    "tr",
    {},
    el("th", { scope: "row", class: "title" }, open, el("span", { class: "path", text: one.path })),
    el("td", { class: "kind", text: named("kind", one.kind) }),
    el("td", { class: "track", text: one.track ? named("track", one.track) : "–" }),
    el("td", { class: "lang", text: named("lang", one.lang) }),
    el("td", { class: "date", text: one.date ? day(one.date) : "–" }),
    el("td", { class: "passages", text: num(one.passages) }),
  );
}
