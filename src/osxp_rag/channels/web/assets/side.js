// The side: chats and filters; a drawer where there is no room for it.

import { mountFacets } from "./facets.js";
import { newChat } from "./conversation.js";
import { button, el } from "./dom.js";
import { mountHistory } from "./history.js";
import { emit, on } from "./state.js";
import { t } from "./texts.js";

/** Show the side. */
export function mountSide(node) {
  const chats = el("div", { class: "chats" });
  const facets = el("div", { class: "facets" });
  const fresh = el("div", { class: "fresh" });
  const body = el("div", { class: "drawer", id: "drawer" }, chats, facets);
  const toggle = () => open(node, !node.classList.contains("open"));
  const render = () => {
    const opener = button(t("side.open"), toggle, { class: "opener", "aria-controls": "drawer", "aria-expanded": "false" });
    fresh.replaceChildren(button(t("chats.new"), begin, { class: "new" }), opener);
  };
  const begin = () => {
    newChat();
    open(node, false);
    document.getElementById("question").focus();
  };
  node.append(fresh, body);
  node.addEventListener("keydown", (event) => event.key === "Escape" && open(node, false));
  on("language", render);
  on("chat", () => open(node, false));
  render();
  mountHistory(chats);
  mountFacets(facets);
  emit("chats");
}

function open(node, wanted) {
  node.classList.toggle("open", wanted);
  node.querySelector(".opener")?.setAttribute("aria-expanded", String(wanted));
}
