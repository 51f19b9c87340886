// Indexing while the visitor watches: its progress, its end.

import { get, post } from "./api.js";
import { el } from "./dom.js";
import { emit } from "./state.js";
import { has, num, t } from "./texts.js";

const OFTEN = 400; // ms between two looks
let watching = false;
let place = null; // where the visitor sees it: another element once they left and came back
let ended = null; // what is called then

/** Start to index, and watch it; `after` is called when it has ended. */
export async function job(node, full, after) {
  try {
    await post("/api/admin/index", { full });
    watch(node, after, true);
  } catch (error) {
    node.replaceChildren(el("p", { class: "notice trouble", role: "alert", text: error.message || t("trouble.server") }));
  }
}

/** Show a job that is under way until it ends; nothing where there is none, unless `seen` says that one has begun. */
export async function watch(node, after, seen = false) {
  [place, ended] = [node, after];
  if (watching) return;
  watching = true;
  try {
    for (; ; seen = true) {
      const now = await get("/api/admin/job");
      if (now.state !== "running") return seen ? await end(now) : undefined;
      place.replaceChildren(progress(now));
      await new Promise((resolve) => setTimeout(resolve, OFTEN));
    }
  } catch (error) {
    place.replaceChildren(el("p", { class: "notice trouble", role: "alert", text: error.message || t("trouble.server") }));
  } finally {
    watching = false;
  }
}

async function end({ state, message }) {
  const words = state === "failed" ? message || t("trouble.server") : t("admin.done");
  place.replaceChildren(el("p", { class: state === "failed" ? "notice trouble" : "notice", role: "status", text: words }));
  emit("look");
  await ended();
}

function progress({ step, done, total }) {
  const label = has(`step.${step}`) ? t(`step.${step}`) : t("step.start");
  const bar = el("progress", { max: total || 1, "aria-label": label });
  if (total) bar.value = done;
  return el("div", { class: "progress" }, el("span", { text: label }), bar, el("span", { text: total ? `${num(done)} / ${num(total)}` : "" }));
}
