// The way of a command from left to right, with a number at each stage.

import { byId, many, setAttribute, setText, show } from "./dom.js";

const stages = Object.fromEntries(
  [...document.querySelectorAll("[data-stage]")].map((node) => [node.dataset.stage, node]),
);

export function drawFlow(state) {
  const { api, queue, worker, table, dlq, queues = [] } = state;
  const counts = table.counts;
  const atLeast = table.whole ? "" : "+";

  // A 4xx is the client's affair, and part of asking for a command that is still queued.
  stage("api", api.requests, `${api.clientErrors} answered 4xx, ${api.serverErrors} 5xx`, {
    tone: api.serverErrors ? "bad" : "",
  });
  stage("queue", queue.waiting, `${queue.taken} in flight`, {
    tone: queue.waiting ? "busy" : "",
  });
  stage("worker", counts.PROCESSING, aboutWorker(worker, queues.length > 0), {
    tone: worker.paused ? "warn" : counts.PROCESSING ? "busy" : "",
  });
  stage(
    "table",
    `${table.read}${atLeast}`,
    `${counts.COMPLETED} completed, ${counts.FAILED} failed`,
  );
  stage("dlq", dlq.messages, dlq.messages ? "waiting for you" : "nothing died", {
    tone: dlq.messages ? "bad" : "",
    what: dlq.messages === 1 ? "dead-letter message" : "dead-letter messages",
  });
  show(byId("redrive-all"), dlq.redrivable > 0);
  document.title = dlq.messages
    ? `(${dlq.messages}) Commands on this machine`
    : "Commands on this machine";
}

function aboutWorker(worker, several) {
  const where = several ? " for the default queue" : "";
  if (worker.problem) return worker.problem;
  if (worker.paused) return `paused${where}; run: python -m scripts.worker resume --local`;
  return worker.cap ? `${many(worker.cap, "worker")} at most${where}` : "takes what comes";
}

function stage(name, number, more, { tone = "", what } = {}) {
  const node = stages[name];
  setText(node.querySelector(".number"), String(number));
  setText(node.querySelector(".more"), more);
  if (what) setText(node.querySelector(".what"), what);
  setAttribute(node, "data-tone", tone);
}
