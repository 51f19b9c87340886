// The page's start: words and skeleton first, then what the server says, then the parts.

import { get } from "./api.js";
import { mountBar } from "./bar.js";
import { mountComposer } from "./composer.js";
import { mountConversation } from "./conversation.js";
import { appear } from "./dom.js";
import { mountSide } from "./side.js";
import { follow } from "./router.js";
import { mountSources } from "./sources.js";
import { app, emit, on } from "./state.js";
import { language, loadTexts, t } from "./texts.js";
import { mountViews } from "./views.js";
import "./theme.js";

const SOON = 700; // ms between two looks while the assistant gets ready
const LATER = 15000; // ms afterwards: a new generation, or the server gone

let next = 0;

async function look() {
  clearTimeout(next);
  const before = app.server;
  try {
    app.server = { ...(await get("/api/state")), gone: false };
  } catch {
    app.server = { ...before, gone: true };
  }
  if (JSON.stringify(before) !== JSON.stringify(app.server)) emit("server", before);
  next = setTimeout(look, app.server.ready || document.hidden ? LATER : SOON);
}

function word(root) {
  document.title = t("title");
  root.lang = language();
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
}

async function start() {
  const [root] = await Promise.all([appear("#osxp"), loadTexts()]);
  const part = (id) => root.querySelector(`#${id}`);
  on("language", () => word(root));
  on("look", look);
  word(root);
  mountBar(part("bar"));
  mountSources(part("sources"));
  mountConversation(part("log"));
  mountComposer(part("composer"));
  mountSide(part("side"));
  mountViews(root);
  follow();
  root.dataset.ready = "yes";
  performance.mark("interactive");
  look();
}

start();
