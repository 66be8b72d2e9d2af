/** Wait for so many seconds; rejects with the signal's reason. */
export function sleep(seconds, signal) {
    return new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const stop = () => {
            clearTimeout(timer);
            reject(signal?.reason);
        };
        const timer = setTimeout(() => {
            signal?.removeEventListener("abort", stop);
            resolve();
        }, 1000 * seconds);
        signal?.addEventListener("abort", stop, { once: true });
    });
}
