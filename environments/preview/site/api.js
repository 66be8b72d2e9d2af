// The API as this page uses it: submit a job, ask for it, and say what went wrong in plain words.

const GIVE_UP_MS = 10_000;

/** What the page tells its reader; `advice` is the way out. */
export class Trouble extends Error {
  constructor(message, advice) {
    super(message);
    this.advice = advice;
  }
}

async function call(url, options = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, signal: AbortSignal.timeout(GIVE_UP_MS) });
  } catch (error) {
    const late = error.name === "TimeoutError";
    throw new Trouble(
      late ? "The API did not answer within ten seconds." : `The API at ${url.origin} cannot be reached.`,
      "Check that the preview is still deployed and that this page's origin may call it (CORS).",
    );
  }
  return response;
}

async function json(response) {
  try {
    return await response.json();
  } catch {
    throw new Trouble(
      `The API answered ${response.status} with something that is no JSON.`,
      "Compare the API's URL at the end of this page with the one that was deployed.",
    );
  }
}

function unexpected(response, problem = {}) {
  const said = problem.detail ?? problem.message;
  return new Trouble(
    `The API answered ${response.status}${said ? `: ${said}` : "."}`,
    response.status === 429
      ? "Too many requests; wait a few seconds."
      : "Look at the function's log, then try again.",
  );
}

function seconds(response, otherwise) {
  const asked = Number.parseFloat(response.headers.get("retry-after"));
  return Number.isFinite(asked) ? Math.min(Math.max(asked, 0.2), 30) : otherwise;
}

export class Api {
  #root;

  constructor(apiUrl) {
    this.#root = apiUrl.replace(/\/$/, "");
  }

  /** Which code runs here, and what waits and has failed: `{environment, package, queue, deadLetterMessages}`. */
  async hello() {
    const response = await call(this.#url("/hello"));
    if (!response.ok) throw unexpected(response);
    return json(response);
  }

  /** Submit a job; its id. The body is SQS's own answer, so the id is in a header. */
  async submit(job) {
    const response = await call(this.#url("/jobs"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(job),
    });
    if (response.status !== 202) throw unexpected(response);
    const id = response.headers.get("x-command-id");
    if (!id) {
      throw new Trouble(
        "The API took the job without telling its id.",
        "It must let this page read the header x-command-id (CORS).",
      );
    }
    return id;
  }

  /** What has become of a job, and after how many seconds to ask again; null while it is queued. */
  async status(id) {
    const response = await call(this.#url(`/commands/${encodeURIComponent(id)}`));
    if (response.status === 404) return { job: null, again: seconds(response, 1) };
    if (!response.ok) throw unexpected(response, await response.json().catch(() => ({})));
    return { job: await json(response), again: seconds(response, 1) };
  }

  #url(path) {
    return new URL(this.#root + path);
  }
}
