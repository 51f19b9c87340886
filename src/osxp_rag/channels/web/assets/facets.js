// Filters by what the documents hold; one value each, as `osxp-rag ask --filter key=value` takes them.

import { get } from "./api.js";
import { el } from "./dom.js";
import { app, emit, on } from "./state.js";
import { count, named, num, t } from "./texts.js";

const FEW = 6;
// The name of a facet is not always that of the filter, which the documents' front matter gives.
const FILTER = { kind: "kind", track: "track", lang: "lang", technology: "technologies" };

/** Show the facets. */
export function mountFacets(node) {
  let facets = {};
  const render = () => node.replaceChildren(...groups(facets));
  const load = async () => {
    if (!app.server.ready) return;
    facets = await get("/api/facets").catch(() => ({}));
    render();
  };
  on("server", load);
  on("language", render);
  on("filters", () => mark(node));
  render();
}

function groups(facets) {
  const shown = Object.keys(FILTER).filter((name) => facets[name]?.length);
  if (!shown.length) return [];
  return [el("h2", { class: "heading", text: t("facets.title") }), ...shown.map((name) => group(FILTER[name], facets[name]))];
}

function group(key, values) {
  const rows = values.map((one) => row(key, one));
  const node = el("fieldset", { class: "facet" }, el("legend", { text: t(`facet.${key}`) }), rows.slice(0, FEW));
  if (rows.length > FEW) {
    const more = el("summary", { text: count("facets.more", rows.length - FEW) });
    node.append(el("details", {}, more, rows.slice(FEW)));
  }
  return node;
}

function row(key, { value, count: number }) {
  const change = (event) => {
    if (event.target.checked) app.filters[key] = value;
    else delete app.filters[key];
    emit("filters");
  };
  const box = el("input", { type: "checkbox", "data-key": key, "data-value": value, checked: app.filters[key] === value, on: { change } });
  return el("label", { class: "choice" }, box, el("span", { class: "name", text: named(key, value) }), el("span", { class: "count", text: num(number) }));
}

function mark(node) {
  for (const box of node.querySelectorAll("input")) box.checked = app.filters[box.dataset.key] === box.dataset.value;
}
