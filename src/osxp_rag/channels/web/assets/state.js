// What the parts of the page share, and how they tell each other that it has changed.

const bus = new EventTarget();

/** `server` is what /api/state says; `filters` apply to the next question; `chat` is the chat's id, once kept. */
export const app = { server: { ready: false, trouble: null, documents: 0 }, filters: {}, chat: null, turns: [], active: null };

/** Call when something has changed: language, server, filters, chat, chats, turns, active, view, engine; `look` asks for news of the server. */
export const on = (name, call) => bus.addEventListener(name, (event) => call(event.detail));

/** Tell that something has changed. */
export const emit = (name, detail = null) => bus.dispatchEvent(new CustomEvent(name, { detail }));

/** Say something to who listens to the page rather than looks at it. */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = text;
}
