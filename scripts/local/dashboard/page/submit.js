// The form: types and examples are what the deployed API says of itself.

import { post } from "./ask.js";
import { byId, element, show } from "./dom.js";
import { setClosed } from "./table.js";

const type = byId("type");
const example = byId("example");
const input = byId("input");
const problem = byId("input-problem");
const outcome = byId("outcome");
const button = byId("submit-button");
let types = [];
let fifo = false;

export function drawForm(contract) {
  const before = type.value;
  types = contract.types;
  fifo = contract.fifo;
  setClosed(contract.closed);
  show(byId("group-field"), fifo);
  show(byId("closed"), Boolean(contract.closed));
  byId("closed").textContent = contract.closed;
  show(byId("submit"), !contract.closed);
  say("");
  type.replaceChildren(...types.map((one) => element("option", { value: one.name }, one.name)));
  const names = types.map((one) => one.name);
  const first = names.includes("echo") ? "echo" : (names[0] ?? "");
  type.value = names.includes(before) ? before : first;
  if (type.value !== before || !input.value) drawExamples();
}

function drawExamples() {
  const examples = types.find((one) => one.name === type.value)?.examples ?? [];
  const options = examples.map((one, at) => element("option", { value: String(at) }, one.title));
  example.replaceChildren(...options);
  takeExample();
}

function takeExample() {
  const examples = types.find((one) => one.name === type.value)?.examples ?? [];
  const given = examples[Number(example.value || 0)];
  input.value = JSON.stringify(given?.input ?? {}, null, 2);
  check();
}

// The object in the editor, or null with the reason beside it.
function check() {
  let value = null;
  let reason = "";
  try {
    value = JSON.parse(input.value);
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      reason = 'The input must be an object, like {"n": 1}.';
      value = null;
    }
  } catch (error) {
    reason = `This is not JSON yet: ${place(error.message)}`;
  }
  problem.textContent = reason;
  input.setAttribute("aria-invalid", String(Boolean(reason)));
  return value;
}

// Browsers say where in their own ways; a line number helps more than an offset.
function place(message) {
  const offset = /position (\d+)/.exec(message);
  if (!offset || /line \d+/.test(message)) return message;
  const line = input.value.slice(0, Number(offset[1])).split("\n").length;
  return `${message} (line ${line})`;
}

// The input goes out as it was typed: JavaScript would round its large numbers.
const withInput = (asked) => `${JSON.stringify(asked).slice(0, -1)},"input":${input.value}}`;

async function submit(event) {
  event.preventDefault();
  if (check() === null) {
    input.focus();
    say("bad", "Nothing was submitted: the input is not a JSON object.");
    return;
  }
  button.disabled = true;
  say("", "Submitting …");
  const asked = { type: type.value, id: byId("id").value.trim() };
  if (fifo) asked.group = byId("group").value;
  try {
    const answer = await post("/api/commands", withInput(asked));
    const id = element("code", {}, answer.id);
    if (answer.known) say("bad", "An id runs once, and ", id, " was used before.");
    else say("good", "Submitted ", id);
  } catch (error) {
    const list = error.errors.map((one) => element("li", {}, `${one.pointer} ${one.detail}`));
    say("bad", error.message, list.length ? element("ul", {}, ...list) : null);
  } finally {
    button.disabled = false;
  }
}

function say(tone, ...parts) {
  outcome.dataset.tone = tone;
  outcome.replaceChildren(...parts.filter((part) => part !== null));
}

type.addEventListener("change", drawExamples);
example.addEventListener("change", takeExample);
input.addEventListener("input", check);
byId("submit").addEventListener("submit", submit);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("submit").requestSubmit();
});
