// One job on the page: where it is on its way, what it has cost so far, and how it ended.

const STEPS = ["QUEUED", "PROCESSING", "COMPLETED"];
const ENDS = new Set(["COMPLETED", "FAILED", "CANCELLED"]);
const SHOWN = 100; // milliseconds between two looks at the clock

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function duration(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

export class JobCard {
  status = "QUEUED";
  #since = Date.now();
  #entered = new Map([["QUEUED", Date.now()]]);
  #clock;
  #newest = "";

  constructor(id, title) {
    this.title = title;
    this.root = make("li", "job");
    this.root.dataset.id = id;
    const head = make("div", "job-head");
    this.name = make("h3", "", title);
    this.badge = make("span", "badge");
    head.append(this.name, this.badge);
    this.steps = make("ol", "steps");
    this.facts = make("dl", "facts");
    this.note = make("p", "note");
    this.note.hidden = true;
    this.root.append(head, this.steps, this.facts, this.note);
    this.values = {};
    for (const name of ["Id", "Attempts", "Elapsed"]) this.#fact(name);
    this.values.Id.append(make("code", "", id));
    this.values.Attempts.textContent = "0";
    this.#clock = setInterval(() => this.#tick(), SHOWN);
    this.#draw();
  }

  get ended() {
    return ENDS.has(this.status);
  }

  /** Show what the API says of the job; null: nothing yet, so it is still queued. */
  show(job) {
    this.note.hidden = true;
    // What was pushed before an answer may come after it.
    if (!job || job.updatedAt < this.#newest) return;
    this.#newest = job.updatedAt ?? "";
    // Between two attempts a job waits in the queue again.
    const status = job.status === "PENDING" ? "QUEUED" : job.status;
    this.values.Attempts.textContent = String(job.attempts ?? 0);
    this.#retry(status, job.attempts ?? 0);
    if (status === this.status) return;
    if (status !== "QUEUED") this.#enter("PROCESSING");
    this.#enter(status);
    this.status = status;
    if (this.ended) this.#end(job);
    this.#draw();
  }

  /** Say that something is in the way, without an end. */
  warn(text) {
    this.note.className = "note warning";
    this.note.textContent = text;
    this.note.hidden = false;
  }

  /** Give up, and offer to go on. */
  stop(again) {
    this.warn("It has not ended within five minutes. ");
    const button = make("button", "link", "Keep asking");
    button.type = "button";
    button.addEventListener("click", () => {
      this.note.hidden = true;
      again();
    });
    this.note.append(button);
  }

  #retry(status, attempts) {
    if (ENDS.has(status)) return;
    const failed = status === "QUEUED" ? attempts : attempts - 1;
    if (failed < 1) return;
    const next = status === "QUEUED" ? "follows" : "is running";
    this.warn(`Attempt ${failed} failed; attempt ${failed + 1} ${next}.`);
  }

  #fact(name) {
    const pair = make("div");
    const value = make("dd");
    pair.append(make("dt", "", name), value);
    this.facts.append(pair);
    this.values[name] = value;
  }

  #enter(status) {
    if (!this.#entered.has(status)) this.#entered.set(status, Date.now());
  }

  #end(job) {
    clearInterval(this.#clock);
    this.#tick();
    this.note.className = `note ${this.status === "COMPLETED" ? "result" : "error"}`;
    this.note.replaceChildren();
    if (job.error) {
      this.note.append(make("strong", "", job.error.code), ` ${job.error.message}`);
    } else if (job.resultUrl) {
      const link = make("a", "", "Open the result");
      link.href = job.resultUrl;
      link.rel = "noreferrer";
      this.note.append(link);
    } else {
      this.note.append(make("strong", "", "Result"), make("code", "", JSON.stringify(job.result)));
    }
    this.note.hidden = false;
  }

  #tick() {
    this.values.Elapsed.textContent = duration(Date.now() - this.#since);
  }

  #draw() {
    this.root.dataset.status = this.status;
    this.badge.textContent = this.status;
    const last = ENDS.has(this.status) ? this.status : STEPS.at(-1);
    const names = [...STEPS.slice(0, -1), last];
    const here = names.indexOf(this.status);
    this.steps.replaceChildren(
      ...names.map((name, index) => {
        const step = make("li", "step");
        step.dataset.state = index < here || this.ended ? "done" : index === here ? "now" : "ahead";
        if (index === here) step.setAttribute("aria-current", "step");
        const label = name === "COMPLETED" && !this.ended ? "DONE" : name;
        step.append(make("span", "dot"), make("span", "label", label), this.#time(name));
        return step;
      }),
    );
  }

  #time(name) {
    const at = this.#entered.get(name);
    return make("span", "time", at === undefined ? "" : `+${duration(at - this.#since)}`);
  }
}
