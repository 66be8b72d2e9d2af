// Asks for everything once a second, while somebody looks, and at once when a change is pushed.

import { get } from "./ask.js";
import { byId, setAttribute, setText, show } from "./dom.js";
import { drawBatches } from "./batches.js";
import { drawFlow } from "./flow.js";
import { pushed, watchCommands } from "./push.js";
import { drawQueues } from "./queues.js";
import { follow, open } from "./redrive.js";
import { drawSchedules } from "./schedules.js";
import { drawForm } from "./submit.js";
import { drawTable, onRedrive } from "./table.js";

const PAUSE = 1000;
const BURST = 100;
let version = "";
let timer = 0;
let asking = false;
let again = false;
let told = 0;

onRedrive(open);

async function poll() {
  if (asking || document.hidden) return;
  asking = true;
  clearTimeout(timer);
  const began = performance.now();
  try {
    const state = await get("/api/state");
    if (state.version !== version) {
      drawForm(await get("/api/contract"));
      version = state.version;
    }
    draw(state);
    watchCommands(state);
    if (!document.hidden) pulse("live", pushed() ? "Live, pushed" : "Live");
    show(byId("banner"), false);
  } catch (problem) {
    pulse("lost", "Not connected");
    setText(byId("banner"), sentence(problem.message));
    show(byId("banner"), true);
  }
  const lost = !byId("banner").hidden;
  setAttribute(document.body, "data-stale", String(lost));
  byId("submit-button").disabled = lost;
  asking = false;
  if (again) {
    again = false;
    poll();
    return;
  }
  // A large table takes longer to read: most of the time is left to the stack's own work.
  timer = setTimeout(poll, Math.max(PAUSE, 3 * (performance.now() - began)));
}

function draw(state) {
  setText(byId("environment"), state.environment);
  setText(byId("endpoint"), state.api.endpoint);
  drawFlow(state);
  drawQueues(state);
  drawBatches(state);
  drawSchedules(state);
  drawTable(state);
  follow(state.redrive);
}

function pulse(name, text) {
  setAttribute(byId("pulse"), "data-state", name);
  setText(byId("pulse"), text);
}

const sentence = (text) => {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) || /: [^:]*$/.test(first) ? first : `${first}.`;
};

document.addEventListener("visibilitychange", () => {
  if (document.hidden) pulse("paused", "Paused");
  else poll();
});

// Changes that come together are one question.
document.addEventListener("told", () => {
  told ||= setTimeout(() => {
    told = 0;
    again = asking;
    poll();
  }, BURST);
});

// An answer that is under way may be older than what was done.
document.addEventListener("acted", () => {
  again = asking;
  poll();
});

poll();
