// An answer with its sources, as text to paste elsewhere.

import { safeUrl } from "./dom.js";
import { madeOf } from "./made.js";
import { t } from "./texts.js";
import { pageOf } from "./places.js";

/** Put an answer with its sources on the clipboard; return whether that could be done. */
export async function copyAnswer(turn) {
  const text = asText(turn);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return byHand(text);
  }
}

/** Return an answer as text: question, answer, sources. */
export function asText({ question, answer }) {
  const sources = answer.citations.map(source);
  const said = madeOf(answer).flatMap((line) => [line, ""]);
  return [question, "", answer.text, "", ...said, t("copy.sources"), ...sources].join("\n");
}

function source(citation) {
  const where = [citation.title, citation.section, pageOf(citation)].filter(Boolean).join(", ");
  const url = safeUrl(citation.url);
  return `[${citation.id}] ${where} (${citation.document})${url ? ` ${url}` : ""}\n    ${t("quote", { text: citation.quote })}`;
}

/** Copy the old way, for pages that are not served from this machine and so may not use the clipboard. */
function byHand(text) {
  const box = document.createElement("textarea");
  box.value = text;
  box.setAttribute("readonly", "");
  box.className = "unseen";
  document.getElementById("osxp").append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}
