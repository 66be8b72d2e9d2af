// The table of commands. Its roles are written out because CSS turns it into cards on a phone, and
// browsers then forget that it is a table. Rows are kept and changed in place: whoever reads, selects or tabs through
// them is not disturbed by the next second.

import { get, post } from "./ask.js";
import { byId, element, setAttribute, setText, show, toast } from "./dom.js";

const body = byId("rows");
const chips = byId("chips");
const rows = new Map();
let chosen = "";
let latest = null;
let redrive = () => {};
let closed = "";

export function onRedrive(act) {
  redrive = act;
}

export function setClosed(reason) {
  closed = reason;
}

export function drawTable(state) {
  latest = state;
  drawChips(state.table.counts);
  const shown = state.commands.filter((one) => !chosen || one.status === chosen);
  const ids = new Set(shown.map((one) => one.id));
  for (const [id, row] of rows) {
    if (!ids.has(id)) {
      row.line.remove();
      row.detail.remove();
      rows.delete(id);
    }
  }
  let before = body.firstElementChild;
  for (const one of shown) {
    const row = rows.get(one.id) ?? make(one.id);
    update(row, one, state.now);
    if (row.line !== before) body.insertBefore(row.line, before);
    else before = row.detail;
    if (row.line.nextElementSibling !== row.detail) row.line.after(row.detail);
    before = row.detail.nextElementSibling;
  }
  drawEmpty(state, shown.length);
}

function drawEmpty(state, number) {
  const empty = byId("empty");
  show(empty, number === 0);
  setText(
    empty,
    chosen
      ? `No command here is ${chosen}.`
      : "No commands yet. Submit one with the form, or run: make demo",
  );
  const { read, whole } = state.table;
  const some = state.commands.length;
  setText(
    byId("bound"),
    whole
      ? some < read
        ? `The newest ${some} of ${read} commands.`
        : ""
      : `The newest ${some} of the first ${read} that a scan of the table met; there are more. ` +
          "With commands.index, scripts.commands list finds them by time.",
  );
}

function drawChips(counts) {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const wanted = [["", all], ...Object.entries(counts)];
  for (const [status, count] of wanted) {
    let chip = chips.querySelector(`[data-status="${status}"]`);
    if (!chip) {
      chip = element(
        "button",
        { type: "button", className: "chip", "data-status": status },
        element("span", { className: "name" }, status ? words(status) : "All"),
        element("span", { className: "count" }),
      );
      chip.addEventListener("click", () => {
        chosen = status;
        drawTable(latest);
      });
      chips.append(chip);
    }
    setText(chip.querySelector(".count"), String(count));
    setAttribute(chip, "aria-pressed", String(chosen === status));
    show(chip, !status || count > 0 || chosen === status);
  }
}

const words = (status) => status[0] + status.slice(1).toLowerCase();

function make(id) {
  const cells = {};
  const cell = (name, label, ...children) =>
    (cells[name] = element("td", { role: "cell", className: name, "data-label": label }, ...children));
  const toggle = element("button", { type: "button", className: "id", title: id });
  const status = element("span", { className: "status" });
  const code = element("span", { className: "code" });
  const message = element("span", { className: "message" });
  const cancel = element("button", { type: "button", className: "small" }, "Cancel");
  const again = element("button", { type: "button", className: "small" }, "Redrive …");
  const line = element(
    "tr",
    { role: "row", "data-id": id },
    element("th", { role: "rowheader", scope: "row", className: "which", "data-label": "Id" }, toggle),
    cell("type", "Type"),
    cell("state", "Status", status),
    cell("attempts", "Attempts"),
    cell("age", "Age"),
    cell("error", "Error", code, message),
    cell("actions", "", cancel, again),
  );
  const inside = element("div", { className: "inside" });
  const space = element("td", { role: "cell", colSpan: 7 }, inside);
  const detail = element("tr", { role: "row", className: "detail", hidden: true }, space);
  toggle.append(element("span", { className: "text" }, id));
  toggle.setAttribute("aria-expanded", "false");
  cancel.setAttribute("aria-label", `Cancel ${id}`);
  again.setAttribute("aria-label", `Redrive ${id}`);
  const row = { id, line, detail, inside, cells, toggle, status, code, message, cancel, again };
  toggle.addEventListener("click", () => unfold(row));
  cancel.addEventListener("click", () => takeBack(row));
  again.addEventListener("click", () => redrive([id]));
  rows.set(id, row);
  return row;
}

function update(row, one, now) {
  setText(row.cells.type, one.type);
  setText(row.status, one.status);
  setAttribute(row.status, "data-status", one.status);
  setText(row.cells.attempts, one.attempts ? `${one.attempts} of ${one.maxAttempts}` : "0");
  setText(row.cells.age, age(one.createdAt, now));
  setAttribute(row.cells.age, "title", one.createdAt);
  setText(row.code, one.error?.code ?? "");
  const told = one.status === "QUEUED" ? QUEUED : progress(one);
  setText(row.message, one.error?.message ?? told);
  setAttribute(row.cells.error, "title", one.error?.message ?? "");
  show(row.cancel, !closed && one.cancellable);
  show(row.again, one.redrivable);
  const version = `${one.status} ${one.attempts} ${one.updatedAt}`;
  const changed = row.version !== undefined && row.version !== version;
  row.version = version;
  row.shown = one;
  if (changed && !row.detail.hidden) fill(row);
}

function progress({ progress: known }) {
  return known ? `${Math.round(100 * known.share)}% ${known.note}`.trim() : "";
}

const QUEUED = "In the queue; the table hears of it at its first attempt.";

export function age(since, now) {
  const seconds = Math.max(0, Math.floor((Date.parse(now) - Date.parse(since)) / 1000));
  const parts = [
    [Math.floor(seconds / 86400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ];
  const first = parts.findIndex(([number]) => number);
  if (first < 0) return "now";
  const two = parts.slice(first, first + 2).filter(([number]) => number);
  return two.map(([number, unit]) => `${number}${unit}`).join(" ");
}

async function takeBack(row) {
  row.cancel.disabled = true;
  try {
    const { status } = await post(`/api/commands/${encodeURIComponent(row.id)}/cancel`);
    // The button goes with the cancellation, and the keyboard's place in the page with it.
    row.toggle.focus();
    toast(`${row.id} is ${status.toLowerCase()}.`);
  } catch (problem) {
    toast(`${row.id} was not cancelled. ${problem.message}`);
  } finally {
    row.cancel.disabled = false;
  }
}

function unfold(row) {
  const opens = row.detail.hidden;
  row.detail.hidden = !opens;
  row.toggle.setAttribute("aria-expanded", String(opens));
  if (opens) fill(row);
}

async function fill(row) {
  const known = row.shown;
  const parts = [fact("Id", known.id), fact("Submitted", known.createdAt)];
  parts.push(fact("Last written", known.updatedAt));
  if (known.progress) parts.push(fact("Progress", progress(known)));
  if (known.handedOver) parts.push(fact("Handed over until", known.handedOver.deadline));
  if (known.error) parts.push(fact("Error", `${known.error.code}: ${known.error.message}`));
  for (const one of known.history) parts.push(fact(one.at, change(one)));
  try {
    const answer = await get(`/api/commands/${encodeURIComponent(row.id)}`);
    const result = answer.resultUrl ?? answer.result;
    if (result !== undefined) {
      parts.push(fact("Result", element("pre", {}, result)));
    }
  } catch (problem) {
    parts.push(fact("Result", problem.message));
  }
  row.inside.replaceChildren(element("dl", {}, ...parts.flat()));
}

function change({ status, attempt, seconds, error, handedOver }) {
  const number = attempt === undefined ? "" : `, attempt ${attempt}`;
  const took = seconds === undefined ? "" : `, ${seconds} s`;
  const given = handedOver ? ", handed over" : "";
  return `${status}${number}${took}${given}${error ? `, ${error.code}: ${error.message}` : ""}`;
}

const fact = (name, value) => [element("dt", {}, name), element("dd", {}, value)];
