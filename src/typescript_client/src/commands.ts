import { ENDED, backoff, isCommand, mayAppear, passes, refused, retryAfter } from "./answers.js";
import type { Answer } from "./answers.js";
import { NotEnded, Refused, Unreachable } from "./errors.js";
import { Line } from "./push.js";
import type { PushOptions, Told } from "./push.js";
import { answered, send } from "./requests.js";
import type { Init, Wanted } from "./requests.js";
import { sleep } from "./sleep.js";
import type { Batch, Callback, Command, CommandId, CommandType, Inputs } from "./types.js";
import type { Member, Schedule, ScheduleRequest, Then } from "./types.js";

export interface CommandsOptions {
  /** Headers of each request, such as a token; a function is asked before each request. */
  headers?: Record<string, string> | (() => Promise<Record<string, string>>);
  /** Hear of changes over a WebSocket; while that is away, commands are polled. */
  push?: PushOptions;
}

export interface CallOptions {
  /** How long to go on, in seconds. */
  timeout?: number;
  /** Ends the call with the signal's reason. */
  signal?: AbortSignal;
}

export interface SubmitOptions extends CallOptions {
  /** An id of your own: the request can be repeated safely. */
  id?: string;
  /** The header Idempotency-Key, for validated submission: the request can be repeated safely. */
  key?: string;
  /** Who is called when the command ends, where the environment has webhooks. */
  callback?: Callback;
  /** A queue that the environment lets clients choose. */
  priority?: string;
  /** Earliest start. */
  notBefore?: Date;
  /** Earliest start, in seconds after the submission; instead of `notBefore`. */
  delaySeconds?: number;
  /** Latest start: the command then fails with the code `expired`. */
  expiresAt?: Date;
  /** Further headers, such as `x-message-group-id`. */
  headers?: Record<string, string>;
}

export interface BatchOptions extends CallOptions {
  /** The header Idempotency-Key: a request that is repeated with it is the same batch. */
  key: string;
  /** The command that runs once after the others. */
  then?: Then;
  /** Further headers, such as `x-correlation-id`. */
  headers?: Record<string, string>;
}

// While changes are told, a command is asked for no more often than that: a worker that was lost on
// the last attempt changes nothing that could be told.
const QUIET_SECONDS = 60;

/**
 * A commands API.
 *
 *     const commands = new Commands("https://api.example.com/commands");
 *     const id = await commands.submit("echo", { n: 1 });
 *     const { status, result } = await commands.wait(id);
 */
export class Commands {
  readonly #endpoint: string;
  readonly #root: string;
  readonly #options: CommandsOptions;
  readonly #line: Line | undefined;

  /** `endpoint` is where commands are submitted, like https://api.example.com/commands. */
  constructor(endpoint: string, options: CommandsOptions = {}) {
    this.#endpoint = new URL(endpoint).href.replace(/\/+$/, "");
    this.#root = this.#endpoint.replace(/\/commands$/, "");
    this.#options = options;
    this.#line = options.push && new Line(options.push);
  }

  /**
   * Submits a command and returns its id.
   *
   * With an `id` of your own, or with a `key`, the request is repeated for up to `timeout` seconds
   * (60) while the API is throttled, fails or cannot be reached. Without both it is repeated after
   * a 429 only, because any other request may have been accepted. Throws Refused or Unreachable.
   */
  async submit<Type extends CommandType>(
    type: Type,
    input: Inputs[Type],
    options: SubmitOptions = {},
  ): Promise<CommandId<Type>> {
    const end = Date.now() + 1000 * (options.timeout ?? 60);
    const safe = Boolean(options.id ?? options.key);
    const headers = {
      "content-type": "application/json",
      ...options.headers,
      ...(options.key ? { "idempotency-key": options.key } : {}),
    };
    // A member that is undefined is left out.
    const { notBefore, delaySeconds, expiresAt } = options;
    const times = { notBefore, delaySeconds, expiresAt };
    // Every kind of API has this path.
    const chosen = options.priority && `/priorities/${encodeURIComponent(options.priority)}/commands`;
    const base = chosen ? this.#root + chosen : this.#endpoint;
    const url = options.id ? `${base}/${encodeURIComponent(options.id)}` : base;
    const body = JSON.stringify({ type, input, callback: options.callback, ...times });
    const init = { method: options.id ? "PUT" : "POST", body, headers };
    const answer = await this.#answered(url, init, { status: 202, safe, end }, options.signal);
    // With direct submission the body is SQS's own answer; the id travels in the header.
    const taken = options.id ?? answer.headers.get("x-command-id");
    if (taken) return taken;
    throw new Refused(202, "", "the response names no command; check the URL");
  }

  /**
   * Submits up to 100 commands as one batch and returns its id; the id of a command is the batch's,
   * a full stop and its place from 0. The request is repeated as that of `submit` with a `key`.
   */
  async submitBatch(commands: readonly Member[], options: BatchOptions): Promise<string> {
    const headers = {
      "content-type": "application/json",
      ...options.headers,
      "idempotency-key": options.key,
    };
    const body = JSON.stringify({ commands, then: options.then });
    const init = { method: "POST", body, headers };
    return (await this.#batch("", init, 202, options)).id;
  }

  /**
   * Uploads up to 1,000,000 commands, one JSON object a line, as one batch and returns it; the id of
   * a command is the batch's, a full stop and its line from 1. After a failure, call this again with
   * the same file and `key`. `timeout` (3600 seconds) is for the whole upload.
   */
  async uploadBatch(file: Blob, options: BatchOptions): Promise<Batch> {
    const end = Date.now() + 1000 * (options.timeout ?? 3600);
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    const sha256 = [...new Uint8Array(digest)].map((one) => one.toString(16).padStart(2, "0"));
    const upload = { bytes: file.size, sha256: sha256.join("") };
    const headers = {
      "content-type": "application/json",
      ...options.headers,
      "idempotency-key": options.key,
    };
    const body = JSON.stringify({ upload, then: options.then });
    const taken = await this.#batch("", { method: "POST", body, headers }, 202, options);
    const place = taken.upload;
    if (taken.status !== "UPLOADING" || !place?.url) return taken;
    // Without this client's headers: the URL is S3's, and what it takes is signed.
    const init = { method: "PUT", body: file, headers: { ...place.headers } };
    const url = place.url;
    const put = () => send(url, init, end, options.signal, Infinity);
    await answered(put, { status: 200, safe: true, end }, options.signal);
    return taken;
  }

  /** A batch with its counts, which are about a second behind. */
  async batch(id: string, options: CallOptions = {}): Promise<Batch> {
    return this.#batch(`/${encodeURIComponent(id)}`, { headers: {} }, 200, options);
  }

  async #batch(path: string, init: Init, status: number, options: CallOptions): Promise<Batch> {
    const end = Date.now() + 1000 * (options.timeout ?? 60);
    const how = { status, safe: true, end };
    const { json } = await this.#answered(`${this.#root}/batches${path}`, init, how, options.signal);
    const found = json as Partial<Batch> | null | undefined;
    if (typeof found?.id === "string" && found.total !== undefined) return found as Batch;
    throw new Refused(status, "", "the response is not a batch; check the URL");
  }

  /**
   * Makes a recurring schedule, or puts it in the place of the one of this id. The request is
   * repeated as that of `submit` with an `id`.
   */
  async putSchedule(
    id: string,
    wanted: ScheduleRequest,
    options: CallOptions = {},
  ): Promise<Schedule> {
    const headers = { "content-type": "application/json" };
    const init = { method: "PUT", body: JSON.stringify(wanted), headers };
    return scheduleOf(await this.#schedule(`/${encodeURIComponent(id)}`, init, [200, 201], options));
  }

  /** A schedule with its next runs. */
  async schedule(id: string, options: CallOptions = {}): Promise<Schedule> {
    const init = { headers: {} };
    return scheduleOf(await this.#schedule(`/${encodeURIComponent(id)}`, init, [200], options));
  }

  /** The caller's schedules by their ids, without their inputs; `timeout` is of each request. */
  async *schedules(options: CallOptions = {}): AsyncGenerator<Schedule, void, undefined> {
    for (let after: string | undefined = ""; after !== undefined; ) {
      const query = `?limit=100${after && `&after=${encodeURIComponent(after)}`}`;
      const { json } = await this.#schedule(query, { headers: {} }, [200], options);
      const page = json as { schedules?: Schedule[]; next?: string } | null | undefined;
      if (!Array.isArray(page?.schedules)) {
        throw new Refused(200, "", "the response is no list; check the URL");
      }
      yield* page.schedules;
      after = page.next;
    }
  }

  /** Deletes a schedule; one that is gone is no trouble. */
  async deleteSchedule(id: string, options: CallOptions = {}): Promise<void> {
    try {
      const init = { method: "DELETE", headers: {} };
      await this.#schedule(`/${encodeURIComponent(id)}`, init, [204], options);
    } catch (error) {
      // An earlier request may have deleted it, and its answer got lost.
      if (!(error instanceof Refused && error.code === "schedule_not_found")) throw error;
    }
  }

  async #schedule(
    path: string,
    init: Init,
    status: readonly number[],
    options: CallOptions,
  ): Promise<Answer> {
    const end = Date.now() + 1000 * (options.timeout ?? 60);
    const how = { status, safe: true, end };
    return this.#answered(`${this.#root}/schedules${path}`, init, how, options.signal);
  }

  async #answered(
    url: string,
    init: Init,
    wanted: Wanted,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    return answered(() => this.#request(url, init, wanted.end, signal), wanted, signal);
  }

  /**
   * The command once it has ended. Throws NotEnded after `timeout` seconds (300), and Refused where
   * asking again would not help.
   */
  async wait<Type extends CommandType>(
    id: CommandId<Type>,
    options: CallOptions = {},
  ): Promise<Command<Type>> {
    let last: Command<Type> | undefined;
    for await (const state of this.watch(id, options)) last = state;
    return last!;
  }

  /**
   * Each new state of the command until it has ended, as often as the API asks clients to poll.
   *
   * A command that is unknown may still be queued. That is waited for, as are throttling, errors of
   * the server and of the network. A short state may be skipped; the end never is.
   */
  async *watch<Type extends CommandType>(
    id: CommandId<Type>,
    options: CallOptions = {},
  ): AsyncGenerator<Command<Type>, void, undefined> {
    const end = Date.now() + 1000 * (options.timeout ?? 300);
    let version = "";
    let seen = "";
    let last: Command<Type> | undefined;
    const line = this.#line?.watch(id);
    try {
      for (let failures = 0, pause = 0, trouble = "", heard: Told | undefined; ; ) {
        if (heard && !heard.resultOmitted && !older(heard, last)) {
          last = heard as unknown as Command<Type>;
          version = "";
        } else {
          trouble = "";
          const known = version ? { "if-none-match": version } : {};
          try {
            const url = `${this.#endpoint}/${encodeURIComponent(id)}`;
            const answer = await this.#request(url, { headers: known }, end, options.signal);
            if (passes(answer.status)) {
              trouble = refused(answer).message;
              pause = backoff(answer, ++failures);
            } else {
              failures = 0;
              pause = retryAfter(answer) || 1;
              if (mayAppear(answer)) trouble = refused(answer).message;
              else if (answer.status !== 304) {
                const found = commandOf<Type>(answer);
                if (!older(found, last)) {
                  last = found;
                  version = answer.headers.get("etag") ?? "";
                }
              }
            }
          } catch (error) {
            options.signal?.throwIfAborted();
            if (!(error instanceof Unreachable)) throw error;
            trouble = error.message;
            pause = backoff(undefined, ++failures);
          }
        }
        const ended = last !== undefined && ENDED.has(last.status);
        if (line) line.ended = ended;
        const state = last && JSON.stringify(last);
        if (last && state !== seen) {
          seen = state ?? "";
          yield last;
        }
        if (ended) return;
        const left = (end - Date.now()) / 1000;
        if (left <= 0) throw new NotEnded(id, last, trouble);
        const rest = line?.told && !failures ? Math.max(pause, QUIET_SECONDS) : pause;
        const seconds = Math.min(rest, left);
        if (line) heard = await line.next(seconds, options.signal);
        else await sleep(seconds, options.signal);
      }
    } finally {
      line?.close();
    }
  }

  async #request(
    url: string,
    init: Init,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const own = this.#options.headers;
    const headers = { ...(typeof own === "function" ? await own() : own), ...init.headers };
    return send(url, { ...init, headers }, end, signal);
  }
}

function commandOf<Type extends CommandType>(answer: Answer): Command<Type> {
  if (answer.status !== 200) throw refused(answer);
  if (!isCommand(answer.json)) {
    throw new Refused(200, "", "the response is not a command; check the URL");
  }
  return answer.json as unknown as Command<Type>;
}

function scheduleOf(answer: Answer): Schedule {
  const found = answer.json as Partial<Schedule> | null | undefined;
  if (typeof found?.id === "string" && found.nextRuns !== undefined) return found as Schedule;
  throw new Refused(answer.status, "", "the response is not a schedule; check the URL");
}

/** Whether a state is from before the one that is known. */
function older(found: { updatedAt?: unknown }, last: { updatedAt?: unknown } | undefined): boolean {
  return String(found.updatedAt ?? "") < String(last?.updatedAt ?? "");
}
