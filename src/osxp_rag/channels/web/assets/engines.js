// A dialog to choose what phrases the answers: what is found on this machine, or a name.

import { get, post } from "./api.js";
import { button, el } from "./dom.js";
import { QUOTES, choose, chosen } from "./engine.js";
import { app } from "./state.js";
import { t } from "./texts.js";

const FORMS = ["ollama:MODEL", "ollama:MODEL@URL", "openai:MODEL@URL", "gguf:PATH"];

/** Let the visitor choose; resolve once the dialog is closed. What is chosen counts at once. */
export function chooseEngine() {
  const list = el("fieldset", { class: "offers" }, el("legend", { class: "unseen", text: t("engine.title") }));
  const status = el("p", { class: "finding", role: "status", text: t("engine.looking") });
  const naming = el("div", {});
  const dialog = el("dialog", { class: "dialog enginedialog", "aria-labelledby": "engine-title" });
  const done = button(t("engine.done"), () => dialog.close(), { class: "primary" });
  dialog.append(el("h2", { id: "engine-title", text: t("engine.title") }), el("p", { class: "lead", text: t("engine.lead") }));
  dialog.append(list, status, naming, el("div", { class: "row" }, done));
  document.getElementById("osxp").append(dialog);
  for (const offer of known()) list.append(option(offer));
  dialog.showModal();
  look(list, status, naming);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve();
    });
  });
}

/** Return what is there without looking: quotes, the setting's engine, the one that was chosen before. */
function known() {
  const setting = app.server.engine ?? QUOTES;
  const names = new Set([QUOTES, setting, chosen() ?? QUOTES]);
  return [...names].map((engine) => ({ engine, setting: engine === setting, state: null, message: "" }));
}

async function look(list, status, naming) {
  try {
    const { offers, typing } = await get("/api/engines");
    const missing = known().filter((one) => !offers.some(({ engine }) => engine === one.engine));
    const others = await Promise.all(missing.map((one) => (typing ? checked(one) : { ...one, state: "gone" })));
    for (const offer of [...offers, ...others]) put(list, offer);
    const found = offers.some(({ engine, setting }) => engine !== QUOTES && !setting);
    status.textContent = found ? "" : t("engine.none");
    if (typing) naming.replaceChildren(field(list));
  } catch (error) {
    status.textContent = error.message || t("trouble.server");
  }
}

async function checked(offer) {
  try {
    return { ...offer, ...(await post("/api/engines/check", { engine: offer.engine })), setting: offer.setting };
  } catch (error) {
    return { ...offer, state: "gone", message: error.message };
  }
}

/** Show an offer in the list, in the place of an older word on the same engine; the focus stays where it is. */
function put(list, offer) {
  const node = option(offer);
  const old = [...list.querySelectorAll("input")].find((one) => one.value === offer.engine);
  if (old) old.closest("label").querySelector(".what").replaceWith(node.querySelector(".what"));
  else list.append(node);
}

function option({ engine, setting, state, message }) {
  const change = () => choose(setting ? null : engine);
  const picked = chosen() === null ? setting : chosen() === engine;
  const box = el("input", { type: "radio", name: "engine", value: engine, checked: picked, on: { change } });
  const name = engine === QUOTES ? t("engine.quotes") : engine;
  const said = state === null ? "" : state === "ok" && engine === QUOTES ? t("engine.needs") : t(`engine.state.${state}`);
  const words = [setting ? t("engine.setting") : "", said].filter(Boolean).join(" · ");
  const more = message && state !== "ok" ? el("span", { class: "advice", lang: "en", text: message }) : null;
  return el("label", { class: "offer" }, box, el("span", { class: "what" }, el("span", { class: "name", text: name }), el("span", { class: "state", text: words }), more));
}

function field(list) {
  const box = el("input", { type: "text", id: "engine-name", maxlength: "500", autocomplete: "off", spellcheck: "false", "aria-describedby": "engine-forms" });
  const said = el("div", { class: "said", role: "status" });
  const submit = async (event) => {
    event.preventDefault();
    const engine = box.value.trim();
    if (!engine) return;
    said.replaceChildren(el("p", { text: t("engine.checking", { engine }) }));
    said.replaceChildren(...(await take(engine, list)));
  };
  const forms = el("p", { id: "engine-forms", class: "forms" }, FORMS.map((form) => el("code", { text: form })));
  const send = el("button", { type: "submit", text: t("engine.use") });
  const label = el("label", { for: "engine-name", text: t("engine.another") });
  return el("form", { class: "naming", on: { submit } }, label, el("div", { class: "row" }, box, send), forms, said);
}

/** Have a named engine checked, and choose it if it is there; return what is to be said of it. */
async function take(engine, list) {
  const offer = await checked({ engine, setting: engine === app.server.engine });
  const words = (text, props = {}) => el("p", { ...props, text });
  if (offer.state !== "ok") {
    const why = offer.message ? words(offer.message, { class: "advice", lang: "en" }) : null;
    return [words(t(`engine.state.${offer.state}`), { class: "trouble" }), why].filter(Boolean);
  }
  choose(offer.setting ? null : engine);
  put(list, offer);
  for (const one of list.querySelectorAll("input")) one.checked = one.value === engine;
  return [words(t("engine.chosen", { engine }))];
}
