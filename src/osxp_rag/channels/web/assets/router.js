// Which view is shown: the address after `#/` says so, so that the browser's back button works.

import { app, emit } from "./state.js";

/** Return the view and what it is to show: `#/document/talks%2Fa.md?at=10-20`. */
export function place() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [view = "", ...rest] = path.split("/");
  const known = ["chat", "browse", "map", "admin", "document"];
  let item = "";
  try {
    item = decodeURIComponent(rest.join("/"));
  } catch {
    // an address that nobody made on purpose: no document
  }
  return { view: known.includes(view) ? view : "chat", item, query: new URLSearchParams(query) };
}

/** Go to a view. */
export function go(view, item = "", query = {}) {
  const words = new URLSearchParams(query).toString();
  location.hash = `#/${view}${item ? `/${encodeURIComponent(item)}` : ""}${words ? `?${words}` : ""}`;
}

/** Go to a document, with the words between two offsets marked. */
export function openDocument(path, start = null, end = null) {
  go("document", path, start === null ? {} : { at: `${start}-${end}` });
}

/** Follow the address from now on. */
export function follow() {
  const tell = () => {
    app.view = place();
    emit("view", app.view);
  };
  addEventListener("hashchange", tell);
  tell();
}
