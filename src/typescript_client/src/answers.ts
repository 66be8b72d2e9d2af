import { Refused } from "./errors.js";

export interface Answer {
  status: number;
  headers: Headers;
  /** The body read as JSON; undefined where it is none. */
  json: unknown;
}

/** The statuses that a command ends with. */
export const ENDED = new Set(["COMPLETED", "FAILED", "CANCELLED"]);
const MOST_RETRY_AFTER = 60;
const PAUSES = [1, 2, 4, 8, 10] as const;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const text = (value: unknown): string => (typeof value === "string" ? value.slice(0, 300) : "");

/** An answer as an error, with whatever it says of itself. */
export function refused(answer: Answer): Refused {
  const said = isObject(answer.json) ? answer.json : {};
  const errors = (Array.isArray(said["errors"]) ? said["errors"] : [])
    .filter(isObject)
    .map((one) => ({ pointer: text(one["pointer"]), detail: text(one["detail"]) }));
  // API Gateway's own form is {"message": "..."}.
  const detail = text(said["detail"]) || text(said["message"]);
  return new Refused(answer.status, text(said["title"]), detail, text(said["code"]), errors);
}

/** True where the same request may be answered differently later. */
export function passes(status: number): boolean {
  return status >= 500 || status === 408 || status === 429;
}

/** True for a 404 of a command that may still be queued, and not of a path that leads nowhere. */
export function mayAppear(answer: Answer): boolean {
  if (answer.status !== 404) return false;
  const said = isObject(answer.json) ? answer.json : {};
  return answer.headers.has("retry-after") || "detail" in said || "title" in said;
}

/** Whether the body is a command. */
export function isCommand(value: unknown): value is Record<string, unknown> & { status: string } {
  return isObject(value) && typeof value["id"] === "string" && typeof value["status"] === "string";
}

/** Seconds that Retry-After asks for, as a number or a date; 0 where it is neither or past. */
export function retryAfter(answer: Answer | undefined, now = Date.now()): number {
  const asked = answer?.headers.get("retry-after")?.trim() ?? "";
  const date = /[A-Za-z]/.test(asked) ? Date.parse(asked) : NaN;
  const seconds = /^[0-9]+$/.test(asked) ? Number(asked) : (date - now) / 1000;
  return Number.isNaN(seconds) ? 0 : Math.min(Math.max(seconds, 0), MOST_RETRY_AFTER);
}

/** Seconds to wait after that many failures in a row, never fewer than Retry-After asks for. */
export function backoff(answer: Answer | undefined, failures: number): number {
  const longest = PAUSES[Math.min(failures, PAUSES.length) - 1] ?? 1;
  // A spread, so that the clients of an API that was away do not all come back at once.
  return Math.max(longest * (0.5 + Math.random() / 2), retryAfter(answer));
}
