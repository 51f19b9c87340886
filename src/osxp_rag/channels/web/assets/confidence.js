// How sure an answer is: in words, as a small bar, and explained.

import { el } from "./dom.js";
import { app } from "./state.js";
import { num, percent, t } from "./texts.js";

const STEPS = 5;

/** Return the confidence of an answer. */
export function confidence({ confidence: share, timings_ms: timings }) {
  const level = (app.server.levels ?? []).find((one) => share >= one.from)?.level ?? "low";
  const seconds = timings?.total === undefined ? null : t("turn.seconds", { s: num(timings.total / 1000, 2) });
  const summary = el(
    "summary",
    {},
    bar(share),
    el("span", { class: "level", text: t(`confidence.${level}`) }),
    el("span", { class: "share", text: percent(share) }),
    seconds && el("span", { class: "time", text: seconds }),
  );
  const said = t("confidence.explained", { share: percent(share), threshold: percent(app.server.threshold ?? 0) });
  return el("details", { class: `confidence ${level}` }, summary, el("p", { text: said }));
}

function bar(share) {
  const full = Math.round(share * STEPS);
  const steps = Array.from({ length: STEPS }, (_, step) => el("i", { class: step < full ? "on" : "off" }));
  return el("span", { class: "steps", "aria-hidden": "true" }, steps);
}
