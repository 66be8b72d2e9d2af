import { backoff, isCommand, passes, refused } from "./answers.js";
import type { Answer } from "./answers.js";
import { Refused, Unreachable } from "./errors.js";
import { sleep } from "./sleep.js";

export interface ReporterOptions {
  /** How long to repeat a report that is not answered, in seconds; 60 by default. */
  timeout?: number;
  /** Ends a call with the signal's reason. */
  signal?: AbortSignal;
}

// No call takes longer than API Gateway does.
const CALL_SECONDS = 35;

/**
 * Reports on one command that was handed over: how far its work has come, and once how it ended.
 *
 *     const reporter = new Reporter("https://api.example.com/commands", id, token);
 *     if (await reporter.progress(0.4, "400 of 1,000")) await reporter.stopped();
 *     else await reporter.complete({ rows: 1000 });
 *
 * A report is repeated while the API is throttled, fails or cannot be reached: the same outcome may
 * be reported again. Throws Refused where the hand-over has ended (409), the token is wrong (401)
 * or the result is invalid (422), and Unreachable.
 */
export class Reporter {
  readonly #url: string;
  readonly #token: string;
  readonly #options: ReporterOptions;

  /** `endpoint` is like https://api.example.com/commands; `token` is that of the hand-over. */
  constructor(endpoint: string, id: string, token: string, options: ReporterOptions = {}) {
    const base = new URL(endpoint).href.replace(/\/+$/, "");
    this.#url = `${base}/${encodeURIComponent(id)}/outcome`;
    this.#token = token;
    this.#options = options;
  }

  /** Reports progress, which moves the deadline; true where a client has asked to stop. */
  async progress(share: number, note = ""): Promise<boolean> {
    return (await this.#report({ progress: { share, note } })) === "CANCELLING";
  }

  /** Reports that the work is done. */
  async complete(result: unknown = null): Promise<void> {
    await this.#report({ status: "COMPLETED", result });
  }

  /** Reports a failure; if it is `retryable`, another attempt may follow. */
  async fail(code: string, message: string, retryable = false): Promise<void> {
    await this.#report({ status: "FAILED", error: { code, message, retryable } });
  }

  /** Reports that the work has stopped, as a client has asked for. */
  async stopped(): Promise<void> {
    await this.#report({ status: "CANCELLED" });
  }

  async #report(report: unknown): Promise<string> {
    const { timeout = 60, signal } = this.#options;
    const end = Date.now() + 1000 * timeout;
    for (let failures = 1; ; failures += 1) {
      let answer: Answer | undefined;
      let trouble: unknown;
      try {
        answer = await this.#send(JSON.stringify(report), end, signal);
      } catch (error) {
        signal?.throwIfAborted();
        trouble = error;
      }
      if (answer?.status === 200) {
        if (isCommand(answer.json)) return answer.json.status;
        throw new Refused(200, "", "the response is not a report; check the URL");
      }
      const pause = backoff(answer, failures);
      const again = !answer || passes(answer.status);
      if (!again || Date.now() + 1000 * pause > end) throw answer ? refused(answer) : trouble;
      await sleep(pause, signal);
    }
  }

  async #send(body: string, end: number, signal: AbortSignal | undefined): Promise<Answer> {
    const patience = Math.min(1000 * CALL_SECONDS, Math.max(100, end - Date.now()));
    const signals = [AbortSignal.timeout(patience), ...(signal ? [signal] : [])];
    const headers = {
      "content-type": "application/json",
      authorization: `Bearer ${this.#token}`,
    };
    try {
      const response = await fetch(this.#url, {
        method: "POST",
        body,
        headers,
        // A token must not follow a redirect to somebody else.
        redirect: "manual",
        cache: "no-store",
        signal: AbortSignal.any(signals),
      });
      return {
        status: response.status,
        headers: response.headers,
        json: await response.json().catch(() => undefined),
      };
    } catch (error) {
      throw new Unreachable(`no answer from ${new URL(this.#url).host}`, { cause: error });
    }
  }
}
