/** The path before `/app` and `/assets`, without a slash at its end: empty where the server is at the root of its host. */
export const basePath = new URL(/* @vite-ignore */ '..', import.meta.url).pathname.replace(/\/$/, '');
