// What the browser keeps for the page. It may be told to keep nothing, or be full: then it is kept while the page is open.

/** @typedef {"localStorage" | "sessionStorage"} Area */
const memory = new Map();

// JSON as it was kept; null where there is none, or it can't be read any more.
/** @param {Area} area  @param {string} key  @returns {any} */
export function recallJson(area, key) {
  try {
    return JSON.parse(recall(area, key) ?? "null");
  } catch {
    return null;
  }
}

/** @param {Area} area  @param {string} key  @returns {string | null} */
export function recall(area, key) {
  try {
    return memory.get(key) ?? window[area].getItem(key);
  } catch {
    return memory.get(key) ?? null;
  }
}

// Whether it is kept beyond that.
/** @param {Area} area  @param {string} key  @param {string} value */
export function keep(area, key, value) {
  try {
    window[area].setItem(key, value);
    memory.delete(key);
    return true;
  } catch {
    memory.set(key, value);
    return false;
  }
}

/** @param {Area} area  @param {string} key */
export function discard(area, key) {
  memory.delete(key);
  try {
    window[area].removeItem(key);
  } catch {
    // Nothing is kept there.
  }
}
