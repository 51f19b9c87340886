// What a follow-up is understood from: the answers above it.

import { app } from "./state.js";

const MOST = 4; // turns back

/** Return what the answers above a turn said, oldest first, as far as a later question can lean on it. */
export function before(turn) {
  const at = app.turns.indexOf(turn);
  const above = at < 0 ? app.turns : app.turns.slice(0, at);
  return above.filter((one) => one.answer).slice(-MOST).map(({ answer }) => said(answer));
}

function said({ question, condensed, language, text, direct, citations, choices }) {
  const quoted = citations.map(({ id, document, title, quote }) => ({ id, document, title, quote }));
  return { question, condensed, language, text, direct, citations: quoted, choices };
}
