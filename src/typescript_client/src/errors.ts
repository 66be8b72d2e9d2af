/** The API answered something that asking again would not change. */
export class Refused extends Error {
  override readonly name = "Refused";

  constructor(
    /** HTTP status. */
    readonly status: number,
    /** Title, detail and code of the problem document; empty where there is none. */
    readonly title = "",
    readonly detail = "",
    readonly code = "",
    /** Invalid fields, each by a JSON pointer into the request's body. */
    readonly errors: readonly { pointer: string; detail: string }[] = [],
  ) {
    const fields = errors.map((one) => `${one.pointer} ${one.detail}`).join("; ");
    super(
      [`the API answered ${status} ${title}`.trim(), detail, fields].filter(Boolean).join(": "),
    );
  }
}

/** No answer came. A command that was submitted may have been accepted all the same. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** The time is up; the command may still end. */
export class NotEnded extends Error {
  override readonly name = "NotEnded";

  constructor(
    readonly id: string,
    /** The command as it was last seen, if it was. */
    readonly last: unknown,
    /** Why nothing newer was seen; empty where the command was just not ready. */
    readonly trouble: string,
  ) {
    super(`${id} has not ended yet${trouble && `; ${trouble}`}`);
  }
}
