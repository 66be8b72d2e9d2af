// Redrive: a dry run says what would be sent back, and only then there is a button that does it.

import { post } from "./ask.js";
import { byId, element, many, show, toast } from "./dom.js";

const dialog = byId("redrive");
const body = byId("redrive-body");
const apply = byId("redrive-apply");
let ids = [];
let number = 0;
let awaited = 0;

export async function open(wanted) {
  ids = wanted;
  const mine = ++number;
  show(apply, false);
  say("Looking at the dead-letter messages …");
  dialog.showModal();
  try {
    const found = await post("/api/redrive", { ids });
    if (mine === number) preview(found);
  } catch (problem) {
    if (mine === number) say(problem.message);
  }
}

function preview(found) {
  if (!found.messages) {
    say(
      ids.length
        ? "No dead-letter message of this command is to be seen: it was redriven, deleted, or another " +
            "reader has it for a minute. Submit the command again under its id to run it anew."
        : "No dead-letter message is to be seen; another reader may have them for a minute.",
    );
    return;
  }
  const what = many(found.messages, "message");
  const more = found.more
    ? ` About ${found.more} ${ids.length ? "more" : "of them"} were not looked at.`
    : "";
  body.replaceChildren(
    element("p", {}, `Dry run: ${what} would go back to the queue.${more} Nothing has moved yet.`),
    element("ul", { className: "groups" }, ...found.groups.map(group)),
    element("p", { className: "soft" }, "The same on a command line:"),
    element("pre", {}, found.command),
  );
  apply.textContent = `Redrive ${what}`;
  show(apply, true);
  apply.focus();
}

const WHAT_COMES = {
  runs: "Will run again, with fresh attempts.",
  dropped: "The worker will drop it: its command has ended otherwise, or it asks for nothing.",
};

function group(one) {
  return element(
    "li",
    {},
    element("strong", {}, `${one.count} × ${one.type}`),
    ` ${one.code}, oldest ${one.oldest}`,
    element("span", { className: "message" }, one.message),
    element("span", { className: "soft" }, WHAT_COMES[one.ifRedriven]),
  );
}

apply.addEventListener("click", async () => {
  apply.disabled = true;
  try {
    awaited = (await post("/api/redrive", { ids, apply: true })).number;
    dialog.close();
    toast("Redriving …");
  } catch (problem) {
    say(problem.message);
    show(apply, false);
  } finally {
    apply.disabled = false;
  }
});

byId("redrive-close").addEventListener("click", () => dialog.close());
dialog.addEventListener("close", () => (number += 1));
byId("redrive-all").addEventListener("click", () => open([]));

// What became of the redrive that was asked for here.
export function follow(redrive) {
  const button = byId("redrive-all");
  button.disabled = redrive.running;
  button.textContent = redrive.running ? "Redriving …" : "Redrive all …";
  if (!awaited || redrive.number !== awaited || redrive.running) return;
  awaited = 0;
  toast([...redrive.said, redrive.error].filter(Boolean).join("; "));
}

function say(text) {
  body.replaceChildren(element("p", {}, text));
}
