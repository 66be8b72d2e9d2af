// Hears of changes at once where the environment has live push. Without it, and while the connection
// is lost, the page asks once a second as always.

import { ENDED } from "./client/answers.js";
import { Line } from "./client/push.js";

// The newest that have not ended: a page that watched thousands would keep the stack busy.
const MOST = 25;
const watched = new Map();
let url = "";
let line;

/** Watch what has not ended in this state; a change is an event on the document. */
export function watchCommands(state) {
  if (state.pushUrl !== url) {
    for (const stop of watched.values()) stop.abort();
    watched.clear();
    url = state.pushUrl;
    line = url ? new Line({ url }) : undefined;
  }
  const open = state.commands.filter((one) => !ENDED.has(one.status)).map((one) => one.id);
  for (const [id, stop] of watched) if (!open.includes(id)) stop.abort();
  if (!line) return;
  for (const id of open.slice(0, MOST)) if (!watched.has(id)) watch(id);
}

/** Whether changes are told at once. */
export const pushed = () => [...watched.values()].some((stop) => stop.watch.told);

async function watch(id) {
  const stop = new AbortController();
  stop.watch = line.watch(id);
  watched.set(id, stop);
  try {
    while (!stop.watch.ended) {
      const news = await stop.watch.next(60, stop.signal);
      if (!news) continue;
      stop.watch.ended = ENDED.has(news.status);
      document.dispatchEvent(new Event("told"));
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.watch.close();
    if (watched.get(id) === stop) watched.delete(id);
  }
}
