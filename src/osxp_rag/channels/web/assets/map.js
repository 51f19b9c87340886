// The corpus as a map: documents that speak of the same things lie close together.

import { get } from "./api.js";
import { el, svg } from "./dom.js";
import { placeLabels, shortName } from "./labels.js";
import { openDocument } from "./router.js";
import { announce } from "./state.js";
import { count, named, t } from "./texts.js";

const WIDE = { width: 1100, height: 620, edge: 40 };
const NARROW = { width: 400, height: 480, edge: 24 };
const COLOURS = 8;

/** Show the map, and the same documents as a list. */
export async function show(panel) {
  panel.replaceChildren(el("p", { class: "working", role: "status", text: t("browse.loading") }));
  const points = await get("/api/map");
  const tracks = [...new Set(points.map((one) => one.track ?? ""))].sort();
  const colour = (track) => tracks.indexOf(track ?? "") % COLOURS;
  const said = el("p", { class: "pointed", text: count("map.count", points.length) });
  panel.replaceChildren(
    el("h2", { class: "pagetitle", text: t("map.title") }),
    el("p", { class: "lead", text: t("map.lead") }),
    legend(tracks, colour),
    el("div", { class: "mapholder" }, drawing(points, colour, said)),
    said,
    el("details", { class: "aslist" }, el("summary", { text: t("map.list") }), list(points, tracks)),
  );
}

const track = (name) => (name ? named("track", name) : t("map.notrack"));

function legend(tracks, colour) {
  return el("ul", { class: "legend", "aria-label": t("facet.track") }, tracks.map((name) => el("li", {}, el("span", { class: `swatch c${colour(name)}`, "aria-hidden": "true" }), track(name))));
}

function drawing(points, colour, said) {
  const { width, height, edge } = matchMedia("(max-width: 799px)").matches ? NARROW : WIDE;
  const drawn = svg("svg", { class: "map", viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": t("map.title") });
  const across = spread(points.map((one) => one.x), edge, width - 2 * edge);
  const down = spread(points.map((one) => one.y), edge, height - 2 * edge);
  const places = points.map((one, place) => ({ x: across[place], y: down[place], name: shortName(one.title) }));
  const labels = placeLabels(places, width);
  drawn.append(...places.map((place, number) => label(place, labels[number])));
  drawn.append(...points.map((one, number) => dot(one, [across[number], down[number]], colour(one.track), number, said)));
  drawn.addEventListener("keydown", (event) => walk(event, drawn));
  return drawn;
}

/** Return numbers moved and stretched so that they fill a length from its beginning on. */
function spread(values, from, length) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => from + (high > low ? (value - low) / (high - low) : 0.5) * length);
}

/** Return a name beside its dot; who cannot see it hears it with the dot. */
function label({ name }, place) {
  if (!place) return svg("g");
  return svg("text", { class: "name", x: place.x, y: place.y, "text-anchor": place.anchor, "aria-hidden": "true" }, name);
}

function dot(one, [x, y], colour, place, said) {
  const tell = () => (said.textContent = `${one.title} · ${track(one.track)}`);
  const open = () => openDocument(one.path);
  const keydown = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    open();
  };
  const focus = () => {
    tell();
    announce(said.textContent);
  };
  return svg(
    "g",
    { class: `dot c${colour}`, role: "link", tabindex: place === 0 ? "0" : "-1", "aria-label": `${one.title}, ${track(one.track)}`, transform: `translate(${x} ${y})`, on: { click: open, keydown, focus, mouseenter: tell } },
    svg("circle", { class: "reach", r: 16 }),
    svg("circle", { class: "ring", r: 13 }),
    svg("circle", { class: "point", r: 8 }),
    svg("title", {}, one.title),
  );
}

const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

/** Go from a dot to the nearest one in the direction of an arrow key. */
function walk(event, drawn) {
  const way = WAYS[event.key];
  const here = event.target.closest?.(".dot");
  if (!way || !here) return;
  event.preventDefault();
  const centre = (node) => {
    const box = node.getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [x, y] = centre(here);
  let best = null;
  for (const node of drawn.querySelectorAll(".dot")) {
    const [across, down] = [centre(node)[0] - x, centre(node)[1] - y];
    const ahead = across * way[0] + down * way[1];
    const aside = Math.abs(across * way[1]) + Math.abs(down * way[0]);
    if (node === here || ahead <= 1) continue;
    const cost = ahead + 2 * aside;
    if (!best || cost < best.cost) best = { node, cost };
  }
  if (!best) return;
  here.setAttribute("tabindex", "-1");
  best.node.setAttribute("tabindex", "0");
  best.node.focus();
}

function list(points, tracks) {
  return tracks.map((name) => {
    const some = points.filter((one) => (one.track ?? "") === name).sort((one, two) => one.title.localeCompare(two.title));
    const items = some.map((one) => el("li", {}, el("button", { type: "button", class: "link", text: one.title, on: { click: () => openDocument(one.path) } })));
    return [el("h3", { text: track(name) }), el("ul", {}, items)];
  });
}
