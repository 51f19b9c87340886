// Small charts, drawn as SVG; each also says in words what it shows.

import { el, svg } from "./dom.js";

const WIDTH = 480;

/** Return a line from 0 to 1 with the probability as a bar and the threshold as a mark on it. */
export function gauge(probability, threshold, words) {
  const x = (share) => 8 + share * (WIDTH - 16);
  const passed = probability >= threshold;
  const anchor = (share) => (share > 0.85 ? "end" : share < 0.15 ? "start" : "middle");
  return svg(
    "svg",
    { class: `gauge ${passed ? "passed" : "failed"}`, viewBox: `0 0 ${WIDTH} 64`, role: "img", "aria-label": `${words.probability}. ${words.threshold}.` },
    svg("rect", { class: "track", x: x(0), y: 24, width: x(1) - x(0), height: 12, rx: 6 }),
    svg("rect", { class: "bar", x: x(0), y: 24, width: Math.max(x(probability) - x(0), 6), height: 12, rx: 6 }),
    svg("line", { class: "mark", x1: x(threshold), x2: x(threshold), y1: 18, y2: 44 }),
    svg("text", { class: "said", x: x(probability), y: 14, "text-anchor": anchor(probability) }, words.probability),
    svg("text", { class: "limit", x: x(threshold), y: 60, "text-anchor": anchor(threshold) }, words.threshold),
  );
}

/** Return a bar for a share from 0 to 1. */
export function meter(share) {
  const width = Math.max(0, Math.min(1, share)) * 56;
  return svg(
    "svg",
    { class: "meter", viewBox: "0 0 56 6", "aria-hidden": "true" },
    svg("rect", { class: "track", width: 56, height: 6, rx: 3 }),
    svg("rect", { class: "bar", width, height: 6, rx: 3 }),
  );
}

/** Return a table of what moved the probability: bars to the right speak for an answer, to the left against one. */
export function moves(rows, widest, said) {
  const middle = 60;
  const bar = ({ moved }) => {
    const width = Math.max((Math.abs(moved) / widest) * (middle - 2), 1);
    return svg(
      "svg",
      { class: "move", viewBox: "0 0 120 12", "aria-hidden": "true" },
      svg("line", { class: "zero", x1: middle, x2: middle, y1: 0, y2: 12 }),
      svg("rect", { class: moved >= 0 ? "for" : "against", x: moved >= 0 ? middle : middle - width, y: 2, width, height: 8, rx: 2 }),
    );
  };
  const line = (row) => el("tr", {}, el("th", { scope: "row", text: row.label }), el("td", {}, bar(row)), el("td", { class: "value", text: said(row) }));
  return el("table", { class: "moves" }, el("tbody", {}, rows.map(line)));
}
