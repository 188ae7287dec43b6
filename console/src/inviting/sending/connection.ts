/** Whether the browser has a network. */
export interface Connection {
  readonly isOnline: () => boolean;
  /** Rejects when the signal aborts. */
  readonly whenOnline: (signal: AbortSignal) => Promise<void>;
}

export const browserConnection: Connection = {
  isOnline: () => navigator.onLine,
  whenOnline: (signal) =>
    new Promise((resolve, reject) => {
      if (navigator.onLine) return resolve();
      window.addEventListener('online', () => resolve(), { once: true, signal });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
};
