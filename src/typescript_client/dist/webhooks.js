/** The request is not from the sender, or too old: answer it with 400 and do nothing. */
export class InvalidWebhook extends Error {
    name = "InvalidWebhook";
}
const TOLERANCE_SECONDS = 300;
/**
 * The JSON of a webhook that its sender has signed. Throws InvalidWebhook where it has not, and a
 * TypeError where `secret` is no secret.
 *
 * `body` is the request's body as it arrived, byte for byte. `secret` begins with `whsec_`. A
 * webhook may be five minutes older or newer than `now`, in milliseconds since 1970. The same
 * webhook may come again: drop repeats by its header `webhook-id`.
 *
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function verifyWebhook(body, headers, secret, now = Date.now()) {
    const bytes = decoded(secret.replace(/^whsec_/, ""));
    if (!bytes?.length)
        throw new TypeError('a secret must be "whsec_" and the key in base64');
    const hmac = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", bytes, hmac, false, ["verify"]);
    const [id, sentAt, signatures] = ["id", "timestamp", "signature"].map((name) => header(headers, `webhook-${name}`));
    if (!id || !sentAt) {
        throw new InvalidWebhook("the header webhook-id or webhook-timestamp is missing");
    }
    const content = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const head = new TextEncoder().encode(`${id}.${sentAt}.`);
    const signed = new Uint8Array(head.length + content.length);
    signed.set(head);
    signed.set(content, head.length);
    let genuine = false;
    for (const one of signatures.split(" ").filter((it) => it.startsWith("v1,"))) {
        const signature = decoded(one.slice(3)) ?? new Uint8Array();
        // Compared in constant time, all of them.
        genuine = (await crypto.subtle.verify("HMAC", key, signature, signed)) || genuine;
    }
    if (!genuine) {
        throw new InvalidWebhook("no signature matches; check the secret and that the body is unchanged");
    }
    if (!/^[0-9]+$/.test(sentAt)) {
        throw new InvalidWebhook("the header webhook-timestamp is not a number of seconds");
    }
    if (Math.abs(now / 1000 - Number(sentAt)) > TOLERANCE_SECONDS) {
        throw new InvalidWebhook("the webhook is too old or too new; check the clock");
    }
    try {
        return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(content));
    }
    catch {
        throw new InvalidWebhook("the body is not JSON");
    }
}
function header(headers, name) {
    if (headers instanceof Headers)
        return headers.get(name) ?? "";
    const found = Object.entries(headers).find(([one]) => one.toLowerCase() === name)?.[1];
    return (Array.isArray(found) ? found[0] : found) ?? "";
}
function decoded(base64) {
    // atob takes texts without padding and with spaces, which are no base64 of the specification.
    if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(base64))
        return undefined;
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
