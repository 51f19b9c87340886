// A question that must be answered before something is lost.

import { button, el } from "./dom.js";
import { t } from "./texts.js";

/** Ask the visitor; resolve to whether they agree. */
export function confirmed(question, yes) {
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const title = el("h2", { id: "dialog-title", text: question });
    const buttons = el("div", { class: "row" }, button(t("turn.cancel"), () => end(false)), button(yes, () => end(true), { class: "danger" }));
    const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, title, buttons);
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    document.getElementById("osxp").append(dialog);
    dialog.showModal();
  });
}
