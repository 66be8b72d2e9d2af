import { backoff, isCommand } from "./answers.js";
import { sleep } from "./sleep.js";
// A message names so many commands at most.
const IDS_IN_A_MESSAGE = 25;
// The class WebSocket has it too, where there is one.
const OPEN = 1;
// Another connection may watch as many again, and has a token of its own.
const FRESH = new Set(["too_many_watches", "token_expired"]);
/** One connection for all commands that are watched, opened again whenever it is lost. */
export class Line {
    #options;
    #watches = new Map();
    #new = new Set();
    #socket;
    #timer;
    #connecting = false;
    #failures = 0;
    constructor(options) {
        this.#options = options;
    }
    /** Watch a command until `close` is called. */
    watch(id) {
        const watch = new Watch(() => this.#leave(id, watch));
        const others = this.#watches.get(id) ?? new Set();
        this.#watches.set(id, others.add(watch));
        this.#ask(id);
        if (!this.#socket && !this.#timer)
            void this.#connect();
        return watch;
    }
    async #connect() {
        if (this.#connecting)
            return;
        this.#connecting = true;
        this.#timer = undefined;
        try {
            const url = new URL(this.#options.url);
            const token = await this.#options.token?.();
            if (token !== undefined)
                url.searchParams.set("access_token", token);
            if (!this.#watches.size)
                return;
            const socket = new WebSocket(url);
            this.#socket = socket;
            socket.onopen = () => {
                for (const id of this.#watches.keys())
                    this.#ask(id);
            };
            socket.onmessage = ({ data }) => this.#hear(socket, data);
            socket.onclose = () => this.#lost(socket);
        }
        catch {
            this.#lost(undefined);
        }
        finally {
            this.#connecting = false;
        }
    }
    // What is asked for in one go is one message.
    #ask(id) {
        if (this.#socket?.readyState !== OPEN)
            return;
        if (!this.#new.size)
            queueMicrotask(() => this.#send());
        this.#new.add(id);
    }
    #send() {
        const ids = [...this.#new].filter((id) => this.#watches.has(id));
        this.#new = new Set();
        if (this.#socket?.readyState !== OPEN)
            return;
        for (let from = 0; from < ids.length; from += IDS_IN_A_MESSAGE) {
            this.#socket.send(JSON.stringify({ watch: ids.slice(from, from + IDS_IN_A_MESSAGE) }));
        }
    }
    #hear(socket, data) {
        const said = parsed(data);
        if (!Array.isArray(said?.["commands"])) {
            const code = said?.["problem"]?.code ?? "";
            this.#lost(socket, FRESH.has(code) && this.#failures === 0);
            return;
        }
        this.#failures = 0;
        for (const one of said["commands"]) {
            const told = isCommand(one) ? one : undefined;
            for (const watch of this.#watches.get(String(one?.id)) ?? [])
                watch.hear(told);
        }
    }
    #lost(socket, atOnce = false) {
        if (socket !== this.#socket)
            return;
        this.#drop();
        for (const watches of this.#watches.values())
            for (const watch of watches)
                watch.lose();
        if (!this.#watches.size)
            return;
        const pause = atOnce ? 0 : backoff(undefined, this.#failures + 1);
        this.#failures += 1;
        this.#timer = setTimeout(() => void this.#connect(), 1000 * pause);
    }
    #leave(id, watch) {
        const left = this.#watches.get(id);
        left?.delete(watch);
        if (left?.size !== 0)
            return;
        this.#watches.delete(id);
        if (!this.#watches.size) {
            clearTimeout(this.#timer);
            this.#timer = undefined;
            this.#drop();
        }
        else if (!watch.ended && this.#socket?.readyState === OPEN) {
            this.#socket.send(JSON.stringify({ unwatch: [id] }));
        }
    }
    #drop() {
        const socket = this.#socket;
        this.#socket = undefined;
        this.#new = new Set();
        socket?.close();
    }
}
/** One command, as it is told of. */
export class Watch {
    /** True while every change is told, so that there is hardly anything to poll for. */
    told = false;
    /** True once its end was seen, so that nothing more is told. */
    ended = false;
    /** Call it when nobody waits any longer. */
    close;
    #newest;
    #wake;
    constructor(close) {
        this.close = close;
    }
    hear(command) {
        this.told = true;
        if (!command)
            return;
        this.#newest = command;
        this.#wake?.();
    }
    lose() {
        const before = this.told;
        this.told = false;
        // What has happened meanwhile is to be asked for.
        if (before)
            this.#wake?.();
    }
    /** Wait for so many seconds, or until there is news: the newest of it, if any. */
    async next(seconds, signal) {
        if (!this.#newest) {
            const waking = new AbortController();
            this.#wake = () => waking.abort();
            const signals = [waking.signal, ...(signal ? [signal] : [])];
            await sleep(seconds, AbortSignal.any(signals)).catch(() => signal?.throwIfAborted());
        }
        const newest = this.#newest;
        this.#newest = undefined;
        return newest;
    }
}
function parsed(data) {
    try {
        const said = JSON.parse(String(data));
        return typeof said === "object" && said ? said : undefined;
    }
    catch {
        return undefined;
    }
}
