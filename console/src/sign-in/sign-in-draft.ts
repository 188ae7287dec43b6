/** What was typed and not yet sent. It survives a reload. */
export interface SignInDraft {
  readonly email: string;
  readonly name: string;
}

const KEY = 'lending.sign-in-draft';
const RETURN_TO_KEY = 'lending.return-to';

export function readDraft(): SignInDraft {
  try {
    const { email = '', name = '' } = JSON.parse(window.sessionStorage.getItem(KEY) ?? '{}');
    return { email: String(email), name: String(name) };
  } catch {
    return { email: '', name: '' };
  }
}

export function writeDraft(draft: SignInDraft | undefined): void {
  try {
    if (draft) window.sessionStorage.setItem(KEY, JSON.stringify(draft));
    else window.sessionStorage.removeItem(KEY);
  } catch {
    // turned off: a reload forgets it
  }
}

/** Remembers, over the way through the issuer, which page was wanted: its errors do not bring it back. */
export function rememberReturnTo(path: string): void {
  try {
    window.sessionStorage.setItem(RETURN_TO_KEY, path);
  } catch {
    // turned off: an error leads to the overview
  }
}

export function rememberedReturnTo(): string | null {
  try {
    return window.sessionStorage.getItem(RETURN_TO_KEY);
  } catch {
    return null;
  }
}
