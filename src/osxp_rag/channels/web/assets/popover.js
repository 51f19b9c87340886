// The quote of a mark, shown beside it while the pointer or the focus is on it.

import { el } from "./dom.js";
import { t } from "./texts.js";

const GAP = 8; // pixels
let shown = null;
let marked = null; // the mark whose quote is shown

/** Let a mark show its quote. */
export function tip(node, citation) {
  const show = () => open(node, citation);
  node.addEventListener("mouseenter", show);
  node.addEventListener("focus", show);
  for (const event of ["mouseleave", "blur", "click"]) node.addEventListener(event, close);
  node.addEventListener("keydown", (event) => event.key === "Escape" && close());
  return node;
}

function open(node, citation) {
  close();
  shown = el(
    "div",
    { class: "popover", role: "tooltip", id: "popover" },
    el("p", { class: "quoted", text: t("quote", { text: citation.quote }) }),
    el("p", { class: "from", text: citation.title }),
  );
  document.getElementById("osxp").append(shown);
  node.setAttribute("aria-describedby", "popover");
  marked = node;
  settle();
}

function settle() {
  if (!shown) return;
  const mark = marked.getBoundingClientRect();
  const { width, height } = shown.getBoundingClientRect();
  const left = Math.max(GAP, Math.min(mark.left + mark.width / 2 - width / 2, innerWidth - width - GAP));
  const below = mark.bottom + GAP;
  shown.style.left = `${left}px`;
  shown.style.top = `${below + height < innerHeight - GAP ? below : mark.top - height - GAP}px`;
}

/** Hide the quote. */
export function close() {
  document.querySelector("[aria-describedby=popover]")?.removeAttribute("aria-describedby");
  shown?.remove();
  shown = null;
}

addEventListener("scroll", settle, true);
