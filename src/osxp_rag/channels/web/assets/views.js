// One view at a time; what a view needs is fetched when it is first opened.

import { el } from "./dom.js";
import { app, on } from "./state.js";
import { t } from "./texts.js";

const LAZY = {
  browse: () => import("./browse.js"),
  document: () => import("./reader.js"),
  map: () => import("./map.js"),
  admin: () => import("./admin.js"),
};

/** Show the view that the address names. */
export function mountViews(root) {
  const show = () => turn(root, app.view);
  on("view", show);
  on("language", show);
}

async function turn(root, { view, item, query }) {
  const name = view === "document" ? "browse" : view;
  for (const panel of root.querySelectorAll(".view")) panel.hidden = panel.id !== `view-${name}`;
  if (!(view in LAZY)) return;
  const stage = el("div", { class: "stage" }); // what comes late for a view that was left goes nowhere
  root.querySelector(`#view-${name}`).replaceChildren(stage);
  try {
    const module = await LAZY[view]();
    await module.show(stage, item, query);
  } catch (error) {
    stage.replaceChildren(el("div", { class: "notice", role: "alert" }, el("p", { text: error.message || t("trouble.server") })));
  }
}
