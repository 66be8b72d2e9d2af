import { isCommand } from "./answers.js";
import { Refused } from "./errors.js";
import { answered, send } from "./requests.js";
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
    #url;
    #token;
    #options;
    /** `endpoint` is like https://api.example.com/commands; `token` is that of the hand-over. */
    constructor(endpoint, id, token, options = {}) {
        const base = new URL(endpoint).href.replace(/\/+$/, "");
        this.#url = `${base}/${encodeURIComponent(id)}/outcome`;
        this.#token = token;
        this.#options = options;
    }
    /** Reports progress, which moves the deadline; true where a client has asked to stop. */
    async progress(share, note = "") {
        return (await this.#report({ progress: { share, note } })) === "CANCELLING";
    }
    /** Reports that the work is done. */
    async complete(result = null) {
        await this.#report({ status: "COMPLETED", result });
    }
    /** Reports a failure; if it is `retryable`, another attempt may follow. */
    async fail(code, message, retryable = false) {
        await this.#report({ status: "FAILED", error: { code, message, retryable } });
    }
    /** Reports that the work has stopped, as a client has asked for. */
    async stopped() {
        await this.#report({ status: "CANCELLED" });
    }
    async #report(report) {
        const { timeout = 60, signal } = this.#options;
        const headers = {
            "content-type": "application/json",
            authorization: `Bearer ${this.#token}`,
        };
        const init = { method: "POST", body: JSON.stringify(report), headers };
        const wanted = { status: 200, safe: true, end: Date.now() + 1000 * timeout };
        const ask = () => send(this.#url, init, wanted.end, signal);
        const { json } = await answered(ask, wanted, signal);
        if (isCommand(json))
            return json.status;
        throw new Refused(200, "", "the response is not a report; check the URL");
    }
}
