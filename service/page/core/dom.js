// Elements from what they are, without a line of markup: text can never become any.

const SVG = "http://www.w3.org/2000/svg";

// el("button", {class: "plain", onclick: f, disabled: true}, "text", child, ...); null and false are left out.
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

// An element of index.html.
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

export function replace(parent, ...children) {
  parent.replaceChildren(...flat(children));
  return parent;
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

// Lets the browser save a file.
export function download(content, name) {
  const url = URL.createObjectURL(content);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

let count = 0;

// An id that no other element has: what a feature is called may be anything.
export function uniqueId() {
  count += 1;
  return `id-${count}`;
}
