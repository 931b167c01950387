// What a file as spreadsheets write it is; and a scored table back to a file.

import { download } from "../../core/dom.js";

// Excel's and LibreOffice's own files are ZIP archives; older ones of Excel's begin with D0 CF.
export function isWorkbook(buffer) {
  const [first, second] = new Uint8Array(buffer);
  return (first === 0x50 && second === 0x4b) || (first === 0xd0 && second === 0xcf);
}

// What spreadsheets take for a formula is saved as text: python -m service score --spreadsheet-safe has the same rule.
const BETWEEN = /([,;|\t\r\n])/; // a row that is parted at another delimiter has cells within this one's
const FORMULA = /^[\s\x1c-\x1f\x85'"]*[=+@\uff0b\uff0d\uff1d\uff20-]/;
const NUMBER = /^[+-]*[\d.,' \u00a0\u202f]*([eE][+-]?\d+)?%?$/; // also what stands for no value, such as "-"

function toSafe(cell) {
  if (NUMBER.test(cell)) return cell;
  const parts = cell.split(BETWEEN).map((part) => (FORMULA.test(part) ? `'${part}` : part));
  return (/^[\t\r\n]/.test(cell) ? "'" : "") + parts.join("");
}

// The table as it came, with its delimiter and decimal mark, and the answers behind it, in the file's order.
export function save(name, { delimiter, decimal, header, rows }) {
  const inTable = (number) => String(number).replace(".", decimal);
  const lines = [
    [...header, "probability", "label", "decision", "risk", "risk_level"],
    ...rows.map(({ cells, decision = "", label, probability, risk, risk_level: level }) => [
      ...cells,
      inTable(probability),
      label,
      decision,
      inTable(risk),
      level,
    ]),
  ].map((cells) => cells.map((cell) => quote(toSafe(cell), delimiter)).join(delimiter));
  // With a byte-order mark, without which spreadsheets take it for another encoding.
  const content = new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" });
  download(content, `${name.replace(/\.[^.]*$/, "")}.scored.csv`);
}

function quote(cell, delimiter) {
  return /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
