// The page: two buttons, a card for each job, and a clock that moves the cards on.

import { Api, Trouble } from "./api.js";
import { JobCard } from "./card.js";
import { Line } from "./client/push.js";

const JOBS = {
  submit: { title: "Job", body: { type: "demo", input: { sleep_seconds: 1.5 } } },
  // It fails more often than any job is tried.
  "submit-failing": {
    title: "Failing job",
    body: { type: "demo", input: { sleep_seconds: 1.5, fail_attempts: 100 } },
  },
};
const PATIENCE_MS = 5 * 60_000;
const LONGEST_PAUSE_S = 15;
// While changes are pushed: a worker that is lost tells nothing.
const ASK_ANYWAY_S = 30;
// SQS counts approximately, up to a minute late.
const COUNTED_AFTER_MS = 60_000;
const COUNT_PAUSE_S = 3;

let line; // the connection for all jobs, where changes are pushed
let submitted = 0;
let countUntil = 0;

const element = (id) => document.getElementById(id);
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

function tell(trouble) {
  const known = trouble instanceof Trouble;
  const what = document.createElement("strong");
  what.textContent = known ? trouble.message : "Something in this page went wrong.";
  const way = document.createElement("span");
  way.textContent = known ? trouble.advice : "Reload it; the browser's console says more.";
  element("alert").replaceChildren(what, way);
  element("alert").hidden = false;
  if (!known) console.error(trouble);
}

function announce(text) {
  element("announcer").textContent = text;
}

/** Wait for a change that is pushed, or until it is time to ask; the change, if it says it all. */
async function hear(watch, again) {
  if (!watch) return void (await pause(again));
  const job = await watch.next(watch.told ? ASK_ANYWAY_S : again);
  return job && !job.resultOmitted ? { job, again } : undefined;
}

async function follow(api, id, card) {
  const watch = line?.watch(id);
  try {
    await followed(api, id, card, watch);
  } finally {
    watch?.close();
  }
}

/** Hear of a job or ask for it, until it has ended; a network that fails is asked ever more slowly. */
async function followed(api, id, card, watch) {
  const deadline = Date.now() + PATIENCE_MS;
  let failures = 0;
  let pushed;
  while (Date.now() < deadline) {
    try {
      const { job, again } = pushed ?? (await api.status(id));
      pushed = undefined;
      failures = 0;
      card.show(job);
      if (card.ended) {
        if (card.status === "FAILED") countDeadLetters(api).catch(tell);
        return announce(`${card.title} ${card.status}`);
      }
      pushed = await hear(watch, again);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      failures += 1;
      const again = Math.min(2 ** failures, LONGEST_PAUSE_S);
      card.warn(`${trouble.message} Asking again in ${again} s.`);
      pushed = await hear(watch, again);
    }
  }
  return card.stop(() => follow(api, id, card).catch(tell));
}

async function submit(api, button, { title, body }) {
  button.disabled = true;
  element("alert").hidden = true;
  try {
    const id = await api.submit(body);
    submitted += 1;
    const card = new JobCard(id, `${title} ${submitted}`);
    element("empty").hidden = true;
    element("jobs").prepend(card.root);
    announce(`${card.title} QUEUED`);
    follow(api, id, card).catch(tell);
  } catch (trouble) {
    tell(trouble);
  } finally {
    button.disabled = false;
  }
}

/** What waits in the queue and runs, and what has failed; a number that SQS did not give is null. */
function showQueues({ queue, deadLetterMessages }) {
  const depth = queue ? `${queue.waiting} waiting, ${queue.inFlight} in flight` : "not reached";
  element("queue").dataset.state = queue ? "well" : "asking";
  element("queue").textContent = `Queue: ${depth}`;
  showDeadLetters(deadLetterMessages);
}

function showDeadLetters(count) {
  const pill = element("dead-letters");
  pill.dataset.state = count === null ? "asking" : count > 0 ? "ill" : "well";
  const unit = count === 1 ? "message" : "messages";
  pill.textContent = `Dead-letter queue: ${count === null ? "not reached" : `${count} ${unit}`}`;
}

/** Count until a job that has just failed is certain to be counted; one loop does for many jobs. */
async function countDeadLetters(api) {
  const counting = Date.now() < countUntil;
  countUntil = Date.now() + COUNTED_AFTER_MS;
  if (counting) return;
  while (Date.now() < countUntil) {
    try {
      showQueues(await api.hello());
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      showQueues({ queue: null, deadLetterMessages: null });
    }
    await pause(COUNT_PAUSE_S);
  }
}

async function greet(api) {
  const pill = element("health");
  try {
    const { environment, package: code, ...queues } = await api.hello();
    showQueues(queues);
    pill.dataset.state = "well";
    pill.textContent = `${environment} · ${code.slice(0, 7)}`;
    pill.title = `SHA-256 of the code: ${code}`;
  } catch (trouble) {
    pill.dataset.state = "ill";
    pill.textContent = "API not reached";
    tell(trouble);
  }
}

async function configuration() {
  const { config } = await import("./config.js").catch(() => ({}));
  if (!URL.canParse(config?.apiUrl)) {
    throw new Trouble(
      "This page does not know its API.",
      "Terraform writes config.js beside it; apply environments/preview again.",
    );
  }
  return config;
}

async function start() {
  const buttons = Object.keys(JOBS).map(element);
  try {
    const { apiUrl, pushUrl } = await configuration();
    const api = new Api(apiUrl);
    if (pushUrl) line = new Line({ url: pushUrl });
    if (pushUrl) element("how").textContent = "is told over a WebSocket";
    for (const button of buttons) {
      button.addEventListener("click", () => submit(api, button, JOBS[button.id]));
      button.disabled = false;
    }
    await greet(api);
  } catch (trouble) {
    element("health").dataset.state = "ill";
    element("health").textContent = "No API";
    for (const button of buttons) button.disabled = true;
    tell(trouble);
  }
}

start();
