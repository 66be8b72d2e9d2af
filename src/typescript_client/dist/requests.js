import { backoff, passes, refused } from "./answers.js";
import { Unreachable } from "./errors.js";
import { sleep } from "./sleep.js";
// No call takes longer than API Gateway does.
const CALL_SECONDS = 35;
/** One request, answered before `end` and within so many `seconds`. Throws Unreachable. */
export async function send(url, init, end, signal, seconds = CALL_SECONDS) {
    const patience = Math.min(1000 * seconds, Math.max(100, end - Date.now()));
    const signals = [AbortSignal.timeout(patience), ...(signal ? [signal] : [])];
    try {
        const response = await fetch(url, {
            ...init,
            // A token must not follow a redirect to somebody else.
            redirect: "manual",
            cache: "no-store",
            signal: AbortSignal.any(signals),
        });
        return { status: response.status, headers: response.headers, json: await read(response) };
    }
    catch (error) {
        throw new Unreachable(`no answer from ${new URL(url).host}`, { cause: error });
    }
}
/** The wanted answer of what `ask` sends, asked for again where that is safe. */
export async function answered(ask, { status, safe, end }, signal) {
    const wanted = [status].flat();
    for (let failures = 1;; failures += 1) {
        let answer;
        let trouble;
        try {
            answer = await ask();
        }
        catch (error) {
            signal?.throwIfAborted();
            trouble = error;
        }
        if (answer && wanted.includes(answer.status))
            return answer;
        const again = answer ? answer.status === 429 || (safe && passes(answer.status)) : safe;
        const pause = backoff(answer, failures);
        if (!again || Date.now() + 1000 * pause > end)
            throw answer ? refused(answer) : trouble;
        await sleep(pause, signal);
    }
}
async function read(response) {
    const body = await response.text();
    try {
        return JSON.parse(body);
    }
    catch {
        return undefined;
    }
}
