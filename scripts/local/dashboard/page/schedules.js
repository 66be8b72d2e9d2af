// Recurring schedules: when each fires next, and how its last run stands.

import { byId, element, setText, show } from "./dom.js";

export function drawSchedules({ schedules }) {
  const list = byId("schedules-list");
  while (list.children.length > schedules.length) list.lastChild.remove();
  while (list.children.length < schedules.length) list.append(element("li"));
  schedules.forEach((one, place) => setText(list.children[place], words(one)));
  show(byId("schedules"), schedules.length > 0);
}

function words({ name, problem, cron, zone, paused, next, last }) {
  if (problem) return problem;
  const resume = `paused; run: python -m scripts.schedules resume ${name} --apply --local`;
  const when = paused ? resume : next ? `next at ${next.slice(0, 16)}Z` : "never fires again";
  const ended = last ? `last run ${last.id.slice(name.length + 1)}: ${last.status}` : "no run yet";
  return `${name} (${cron}, ${zone}): ${when}; ${ended}`;
}
