// Questions to the service. Whatever goes wrong comes as an error that says it in words.

import { t } from "../core/words.js";
import { keep, recall } from "../core/storage.js";
import { askForKey, isKey } from "./key.js";
import { address, chosen } from "./models.js";

const KEY = "passfail-api-key"; // in the tab's storage, as on the page of the API
const PATIENCE_MS = 30_000;
const NUM_AGAIN = 3; // times that a question is asked again where the service says that it has too much to do

// What the service says is wrong: `errors` has pointer and detail for each field at fault.
export class Problem extends Error {
  constructor(document, status) {
    super(document.detail ?? t("The service answered {status}.", { status }));
    this.status = status;
    this.errors = document.errors ?? [];
  }
}

// No answer came at all.
export class Lost extends Error {
  constructor() {
    super(t("The service does not answer."));
  }
}

// Called with the name of the model that answered and the number of its version, and when no answer came.
export const listeners = { version: (/** @type {{name: string, version: number}} */ _) => {}, lost: () => {} };

// GET, or POST where there is a body: an object goes as JSON, bytes as `contentType` says. About the chosen model.
/** @type {import("./answers").Ask} */
export const ask = (path, question) => askAt(address(path), question);

// The same, of no model.
/** @param {string} path  @param {import("./answers").Question} [question]  @returns {Promise<any>} */
export async function askAt(path, { body, contentType = "application/json", signal } = {}) {
  let response = await send(path, { body, contentType, signal });
  for (let again = 0; body !== undefined && response.status === 503 && again < NUM_AGAIN; again += 1) {
    await pause(1000 * Number(response.headers.get("Retry-After") ?? 1), signal);
    response = await send(path, { body, contentType, signal });
  }
  const document = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(document, response.status);
  if (document.model && !path.includes("?version=")) listeners.version(document.model);
  return document;
}

export async function askForBytes(path) {
  const response = await send(address(path), {});
  if (!response.ok) throw new Problem(await response.json().catch(() => ({})), response.status);
  return response.blob();
}

// The model that is ready, with the number of its version; null where none is. A key is not asked for.
export async function askIfReady(patienceMs) {
  const [name, key] = [chosen(), recall("sessionStorage", KEY)];
  const response = await fetch(name === null ? "readyz" : `v2/models/${encodeURIComponent(name)}/ready`, {
    cache: "no-store",
    headers: name !== null && key !== null && isKey(key) ? { Authorization: `Bearer ${key}` } : {},
    signal: AbortSignal.timeout(patienceMs),
  });
  if (!response.ok) return null;
  const { version } = await response.json();
  return { name, version: version === undefined ? null : Number(version) };
}

export function hasKey() {
  return recall("sessionStorage", KEY) !== null;
}

/** @param {string} path  @param {import("./answers").Question} question */
async function send(path, { body, contentType, signal }) {
  for (;;) {
    const key = recall("sessionStorage", KEY);
    let response = null;
    // What no header can hold is no key, whoever put it there.
    if (key === null || isKey(key)) response = await fetchOrLose(path, { body, contentType, signal, key });
    if (response !== null && response.status !== 401) return response;
    // Someone else's question may have brought a new key meanwhile.
    if (recall("sessionStorage", KEY) === key) keep("sessionStorage", KEY, await askForKey(key !== null));
  }
}

async function fetchOrLose(path, { body, contentType, signal, key }) {
  /** @type {Record<string, string>} */
  const headers = {};
  if (key !== null) headers.Authorization = `Bearer ${key}`;
  if (body !== undefined) headers["Content-Type"] = contentType;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), PATIENCE_MS);
  signal?.addEventListener("abort", () => controller.abort());
  try {
    return await fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers,
      body: body === undefined || body instanceof ArrayBuffer ? body : JSON.stringify(body),
      signal: controller.signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    listeners.lost();
    throw new Lost();
  } finally {
    clearTimeout(timer);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}

// Runs the newest question only: one that is asked while another is under way takes its place, which then gives null.
export function newest() {
  let controller = null;
  return async (question) => {
    controller?.abort();
    const mine = new AbortController();
    controller = mine;
    try {
      const answer = await question(mine.signal);
      return mine.signal.aborted ? null : answer;
    } catch (error) {
      if (mine.signal.aborted) return null;
      throw error;
    }
  };
}
