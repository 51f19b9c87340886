// A document, read in place, with the words of a citation marked.

import { get } from "./api.js";
import { button, el, outside, reveal } from "./dom.js";
import { go } from "./router.js";
import { app, emit } from "./state.js";
import { count, day, named, t } from "./texts.js";

/** Show a document; `query.at` names the words to mark, as `start-end`. */
export async function show(panel, path, query) {
  panel.replaceChildren(el("p", { class: "working", role: "status", text: t("browse.loading") }));
  const found = await get(`/api/document?path=${encodeURIComponent(path)}`);
  const marked = range(query.get("at"));
  const article = el("article", { class: "document", lang: found.lang, tabindex: "-1" }, el("h2", { text: found.title }), facts(found), ...body(found, marked));
  panel.replaceChildren(nav(found), article);
  article.focus({ preventScroll: true });
  const mark = article.querySelector("mark");
  if (mark) reveal(mark, "center");
  else panel.parentElement.scrollTop = 0;
}

function range(text) {
  const match = /^(\d+)-(\d+)$/.exec(text ?? "");
  return match ? [Number(match[1]), Number(match[2])] : null;
}

function nav(found) {
  const back = () => (history.length > 1 ? history.back() : go("browse"));
  const about = () => {
    app.filters = { document: found.path };
    emit("filters");
    addEventListener("hashchange", () => document.getElementById("question").focus(), { once: true }); // once it is shown
    go("chat");
  };
  return el(
    "nav",
    { class: "documentnav", "aria-label": t("reader.nav") },
    button(t("reader.back"), back),
    button(t("reader.all"), () => go("browse")),
    button(t("reader.ask"), about, { class: "primary" }),
  );
}

function facts(found) {
  const { track, date, kind, lang, technologies = [], organisations = [], speakers = [], sources = [] } = found;
  const line = [named("kind", kind), track && named("track", track), date && day(date), named("lang", lang), found.path].filter(Boolean);
  const lists = [["speakers", speakers], ["organisations", organisations], ["technologies", technologies]];
  const shown = lists.filter(([, some]) => some.length).map(([key, some]) => [el("dt", { text: t(`facet.${key}`) }), el("dd", { text: some.join(", ") })]);
  if (sources.length) {
    shown.push([el("dt", { text: count("reader.sources", sources.length) }), el("dd", {}, sources.map((one) => el("span", { class: "from" }, outside(one.title, one.url))))]);
  }
  return [el("p", { class: "facts" }, line.map((part) => el("span", { text: part }))), el("dl", { class: "about" }, shown)];
}

/** Return the blocks of a document as elements; offsets count characters, so the text is cut by those. */
function body({ text, blocks, title }, marked) {
  const points = Array.from(text);
  const nodes = [];
  let list = null;
  for (const block of blocks) {
    const parts = words(points, block, marked);
    const own = block.type === "heading" && points.slice(block.start, block.end).join("") === title;
    if (block.type === "item") {
      if (!list) nodes.push((list = el("ul")));
      list.append(el("li", {}, parts));
      continue;
    }
    list = null;
    if (!own) nodes.push(el(tagOf(block), {}, parts));
  }
  return nodes;
}

function tagOf({ type, level }) {
  if (type === "heading") return `h${Math.min(Math.max(level + 1, 3), 6)}`;
  return type === "code" ? "pre" : "p";
}

function words(points, { start, end }, marked) {
  const part = (from, to) => points.slice(Math.max(from, start), Math.min(to, end)).join("");
  const [from, to] = marked ?? [end, end];
  if (to <= start || from >= end) return [part(start, end)];
  return [part(start, from), el("mark", { text: part(from, to) }), part(to, end)];
}
