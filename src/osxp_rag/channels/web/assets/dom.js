// Elements made of data: text goes in as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element. `props` are attributes, but `text`, `on` (listeners by event) and `hidden`, `disabled`, `checked`, `value`. */
export function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Make an SVG element. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

const OWN = new Set(["hidden", "disabled", "checked", "value", "indeterminate"]);

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, call] of Object.entries(value)) node.addEventListener(event, call);
    else if (OWN.has(name) && name in node) node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Make a button that does something. */
export function button(text, call, props = {}) {
  return el("button", { type: "button", text, ...props, on: { click: call } });
}

/** Return an address if a link may lead to it: http or https, with a host; else null. */
export function safeUrl(address) {
  try {
    const url = new URL(String(address));
    return ["http:", "https:"].includes(url.protocol) && url.host ? url.href : null;
  } catch {
    return null;
  }
}

/** Make a link to the outside, or plain text where the address is none that may be followed. */
export function outside(text, address, props = {}) {
  const href = safeUrl(address);
  if (!href) return el("span", { text, ...props });
  return el("a", { href, target: "_blank", rel: "noopener noreferrer", text, ...props });
}

/** Return the part of a text between two offsets that count characters as Python does, not halves of them. */
export function slice(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

/** Wait until the page holds an element, and return it. */
export function appear(selector) {
  const found = document.querySelector(selector);
  if (found) return Promise.resolve(found);
  return new Promise((resolve) => {
    const watch = new MutationObserver(() => {
      const node = document.querySelector(selector);
      if (!node) return;
      watch.disconnect();
      resolve(node);
    });
    watch.observe(document.documentElement, { childList: true, subtree: true });
  });
}

/** Scroll an element into view, smoothly where the visitor does not mind motion. */
export function reveal(node, block = "nearest") {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
}
