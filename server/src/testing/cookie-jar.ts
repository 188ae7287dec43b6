interface Cookie {
  readonly value: string;
  /** As it was set. */
  readonly text: string;
}

/** The cookies of a site by name, as a browser keeps them. */
export class CookieJar extends Map<string, Cookie> {
  /** Keeps the cookies that a response sets, and removes those that it clears. */
  update({ headers }: Pick<Response, 'headers'>): void {
    for (const text of headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (/; Max-Age=0/.test(text)) this.delete(name);
      else this.set(name, { value, text });
    }
  }

  /** The `Cookie` header. @param isSent by default, all cookies are */
  header(isSent: (cookie: Cookie) => boolean = () => true): string {
    const sent = [...this].filter(([, cookie]) => isSent(cookie));
    return sent.map(([name, { value }]) => `${name}=${value}`).join('; ');
  }
}
