// The batches that were submitted last, each with the share of its commands that have ended.

import { byId, element, setAttribute, setText, show } from "./dom.js";

export function drawBatches({ batches }) {
  const list = byId("batches-list");
  while (list.children.length > batches.length) list.lastChild.remove();
  while (list.children.length < batches.length) {
    list.append(element("li", {}, element("progress", { max: 1 }), element("span")));
  }
  batches.forEach((batch, place) => {
    const [bar, text] = list.children[place].children;
    bar.value = batch.share;
    setAttribute(bar, "aria-label", `Share of ${batch.id}`);
    setText(text, words(batch));
  });
  show(byId("batches"), batches.length > 0);
}

function words({ id, status, total, counts, share, createdAt, then }) {
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  const said = shown.map(([name, count]) => `${count} ${name}`).join(", ");
  const follows = !then ? "" : then.sent ? "; the command after it was sent" : "; one command follows";
  return ` ${Math.floor(share * 100)} % of ${total}: ${said}; ${status}${follows}; ${id}, ${createdAt}`;
}
