// What waits in each queue, where there are several.

import { byId, element, setText, show } from "./dom.js";

const COLUMNS = 5;

export function drawQueues({ queues }) {
  const body = byId("queues-rows");
  while (body.children.length > queues.length) body.lastChild.remove();
  while (body.children.length < queues.length) {
    const cells = Array.from({ length: COLUMNS - 1 }, () => element("td"));
    body.append(element("tr", {}, element("th", { scope: "row" }), ...cells));
  }
  queues.forEach((queue, place) => {
    cells(queue).forEach((text, column) => setText(body.children[place].children[column], text));
  });
  show(byId("queues"), queues.length > 0);
}

function cells({ name, problem, waiting, taken, oldestSeconds, deadLetters }) {
  if (problem) return [name, problem, "", "", ""];
  return [name, String(waiting), String(taken), age(oldestSeconds), String(deadLetters)];
}

// CloudWatch has the age, and has it only where an alarm looks at it.
function age(seconds) {
  if (seconds === null) return "unknown";
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
