// Runs once when the conversation is drawn. Gradio redraws it for each step of an answer and drops
// attributes that the server did not send: `open` is put back here.
const opened = new Set();
let turns = 0;
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const glide = (node, block) => node.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block });

element.setAttribute("role", "log");
element.setAttribute("aria-live", "polite");

element.addEventListener("toggle", (event) => {
  const { id, open } = event.target;
  if (open) opened.add(id); else opened.delete(id);
}, true);

element.addEventListener("click", (event) => {
  const link = event.target.closest("a.cite");
  if (!link) return;
  event.preventDefault();
  const source = document.getElementById(link.getAttribute("href").slice(1));
  if (!source) return;
  source.open = true;
  source.querySelector("summary").focus({ preventScroll: true });
  glide(source, "nearest");
});

watch("value", () => {
  for (const id of opened) {
    const source = document.getElementById(id);
    if (source) source.open = true; else opened.delete(id);
  }
  const all = element.querySelectorAll("article.turn");
  if (all.length > turns && all.length > 1) glide(all[all.length - 1], "start");
  turns = all.length;
});
