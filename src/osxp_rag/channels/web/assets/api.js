// Calls to this page's own server, and the stream of an answer.

import { has, t } from "./texts.js";

/** An answer of the server that is not the one hoped for; `status` is its number, 0 where there was none. */
export class Trouble extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  const form = body instanceof FormData;
  const headers = { "X-OSXP": "1", ...(body && !form ? { "Content-Type": "application/json" } : {}) };
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && !form ? JSON.stringify(body) : body });
  } catch {
    throw new Trouble("", 0);
  }
  if (!response.ok) throw new Trouble(await said(response), response.status);
  return response.status === 204 ? null : response.json();
}

/** Return what went wrong in the words of the interface, else in the server's. */
async function said(response) {
  try {
    const { code, message = "" } = await response.json();
    return has(`problem.${code}`) ? t(`problem.${code}`, { message }) : message;
  } catch {
    return "";
  }
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);

/** Ask, and call back for each event of the answer; rejects with AbortError when the signal stops it. */
export async function stream(path, body, onEvent, signal) {
  const headers = { "Content-Type": "application/json", "X-OSXP": "1" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (!response.ok) throw new Trouble(await said(response), response.status);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) if (line) onEvent(JSON.parse(line));
  }
}
