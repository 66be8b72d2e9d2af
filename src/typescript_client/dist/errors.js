/** The API answered something that asking again would not change. */
export class Refused extends Error {
    status;
    title;
    detail;
    code;
    errors;
    name = "Refused";
    constructor(
    /** HTTP status. */
    status, 
    /** Title, detail and code of the problem document; empty where there is none. */
    title = "", detail = "", code = "", 
    /** Invalid fields, each by a JSON pointer into the request's body. */
    errors = []) {
        const fields = errors.map((one) => `${one.pointer} ${one.detail}`).join("; ");
        super([`the API answered ${status} ${title}`.trim(), detail, fields].filter(Boolean).join(": "));
        this.status = status;
        this.title = title;
        this.detail = detail;
        this.code = code;
        this.errors = errors;
    }
}
/** No answer came. A command that was submitted may have been accepted all the same. */
export class Unreachable extends Error {
    name = "Unreachable";
}
/** The time is up; the command may still end. */
export class NotEnded extends Error {
    id;
    last;
    trouble;
    name = "NotEnded";
    constructor(id, 
    /** The command as it was last seen, if it was. */
    last, 
    /** Why nothing newer was seen; empty where the command was just not ready. */
    trouble) {
        super(`${id} has not ended yet${trouble && `; ${trouble}`}`);
        this.id = id;
        this.last = last;
        this.trouble = trouble;
    }
}
