// Requests to the server of this page. What cannot be done becomes an error in words.

export class Problem extends Error {
  constructor(detail, errors = [], gone = false) {
    super(detail);
    this.errors = errors;
    this.gone = gone;
  }
}

const GONE = "The dashboard's own server does not answer any more. Run: make dashboard";

async function ask(path, options, seconds) {
  let response;
  try {
    response = await fetch(path, { ...options, signal: AbortSignal.timeout(seconds * 1000) });
  } catch (error) {
    if (error.name === "TimeoutError") {
      throw new Problem("The local stack does not answer. See: make status");
    }
    throw new Problem(GONE, [], true);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Problem(answer.detail ?? `The server answered ${response.status}.`, answer.errors);
  }
  return answer;
}

export const get = (path) => ask(path, {}, 12);

// What was done is to be seen at once, not with the next turn of a stack that answers slowly.
export async function post(path, body = {}) {
  try {
    return await ask(
      path,
      {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
      },
      60,
    );
  } finally {
    document.dispatchEvent(new Event("acted"));
  }
}
