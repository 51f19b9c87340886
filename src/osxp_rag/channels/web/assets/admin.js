// New content: drop files, see what would change, index, see the state of each file.

import { get, post } from "./api.js";
import { button, el } from "./dom.js";
import { job, watch } from "./job.js";
import { app } from "./state.js";
import { count, has, num, t } from "./texts.js";

let only = "";

/** Show the page of who looks after the documents. */
export async function show(panel) {
  if (!app.server.admin) {
    panel.replaceChildren(el("p", { class: "notice", text: t("admin.off") }));
    return;
  }
  const plan = el("section", { class: "plan", "aria-labelledby": "plan-title" });
  const files = el("section", { class: "files", "aria-labelledby": "files-title" });
  const work = el("section", { class: "work", "aria-live": "polite" });
  const refresh = () => Promise.all([showPlan(plan, start), showFiles(files)]);
  const start = (full) => job(work, full, refresh);
  panel.replaceChildren(
    el("h2", { class: "pagetitle", text: t("admin.title") }),
    el("p", { class: "lead", text: t("admin.lead") }),
    drop(refresh), plan, work, files,
  );
  await refresh();
  watch(work, refresh);
}

function drop(refresh) {
  const said = el("ul", { class: "uploaded" });
  const input = el("input", { type: "file", multiple: true, id: "upload", class: "unseen", on: { change: () => send(input.files) } });
  const send = async (files) => {
    if (!files.length) return;
    const body = new FormData();
    for (const file of files) body.append("files", file);
    try {
      said.replaceChildren(...(await post("/api/admin/upload", body)).map(uploaded));
    } catch (error) {
      said.replaceChildren(el("li", { class: "trouble", text: error.message || t("trouble.server") }));
    }
    input.value = "";
    await refresh();
  };
  const zone = el("label", { class: "drop", for: "upload" }, el("strong", { text: t("admin.drop") }), el("span", { text: t("admin.choose") }));
  const over = (event) => (event.preventDefault(), zone.classList.add("over"));
  zone.addEventListener("dragover", over);
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    send(event.dataTransfer.files);
  });
  return el("div", { class: "dropping" }, input, zone, el("div", { role: "status" }, said));
}

function uploaded({ name, saved, error, message }) {
  const why = has(`upload.${error}`) ? t(`upload.${error}`, { message }) : message;
  const words = error ? t("admin.refused", { name, error: why }) : t("admin.saved", { name, path: saved });
  return el("li", { class: error ? "trouble" : null, text: words });
}

async function showPlan(node, start) {
  const plan = await get("/api/admin/plan");
  const groups = ["added", "changed", "removed"].map((kind) => part(kind, plan[kind]));
  const renamed = part("renamed", plan.renamed.map(([before, after]) => `${before} → ${after}`));
  const total = plan.added.length + plan.changed.length + plan.removed.length + plan.renamed.length;
  const words = total ? count("admin.changes", total) : t("admin.nochange");
  const buttons = [
    button(t("admin.index"), () => start(false), { class: "primary", id: "index-now", disabled: !total }),
    button(t("admin.full"), () => start(true)),
  ];
  node.replaceChildren(el("h3", { id: "plan-title", text: t("admin.plan") }), el("p", { text: `${words} ${count("admin.unchanged", plan.unchanged)}` }), ...groups, renamed, el("div", { class: "row" }, buttons));
}

function part(kind, paths) {
  if (!paths.length) return "";
  return el("div", { class: `change ${kind}` }, el("h4", { text: `${t(`admin.${kind}`)} (${num(paths.length)})` }), el("ul", {}, paths.map((path) => el("li", { text: path }))));
}

async function showFiles(node) {
  const { files } = await get("/api/admin/files");
  const states = [...new Set(files.map((one) => one.state))].sort();
  const body = el("tbody");
  const fill = () => body.replaceChildren(...files.filter((one) => !only || one.state === only).map(file));
  const change = (event) => {
    only = event.target.value;
    fill();
  };
  const options = [el("option", { value: "", text: t("admin.allstates") }), ...states.map((one) => el("option", { value: one, text: state(one) }))];
  const select = el("select", { id: "file-state", on: { change } }, options);
  select.value = states.includes(only) ? only : (only = "");
  const head = el("tr", {}, ["file", "state", "passages", "size", "indexed"].map((name) => el("th", { scope: "col", text: t(`admin.col.${name}`) })));
  const grid = el("table", { class: "documents" }, el("thead", {}, head), body);
  node.replaceChildren(
    el("h3", { id: "files-title", text: t("admin.files") }),
    el("div", { class: "controls" }, el("label", { for: "file-state", text: t("admin.col.state") }), select),
    el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("admin.files") }, grid),
  );
  fill();
}

const state = (name) => t(`state.${name}`);

function file({ path, state: name, reason, passages, bytes, indexed }) {
  return el(
    "tr",
    {},
    el("th", { scope: "row", class: "path", text: path }),
    el("td", { class: `state ${name}` }, state(name), reason ? el("span", { class: "reason", text: reason }) : null),
    el("td", { text: passages === null ? "–" : num(passages) }),
    el("td", { text: t("admin.kb", { n: num(bytes / 1000, 1) }) }),
    el("td", { text: t(indexed ? "admin.yes" : "admin.no") }),
  );
}
