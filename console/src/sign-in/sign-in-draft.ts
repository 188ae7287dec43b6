import { tabStore } from '../app/text-store.ts';

/** What was typed and not yet sent. It survives a reload. */
export interface SignInDraft {
  readonly email: string;
  readonly name: string;
}

const KEY = 'lending.sign-in-draft';
const RETURN_TO_KEY = 'lending.return-to';

export function readDraft(): SignInDraft {
  try {
    const { email = '', name = '' } = JSON.parse(tabStore.getItem(KEY) ?? '{}');
    return { email: String(email), name: String(name) };
  } catch {
    return { email: '', name: '' }; // an older version of the page may have written it
  }
}

export function writeDraft(draft: SignInDraft | undefined): void {
  if (draft) tabStore.setItem(KEY, JSON.stringify(draft));
  else tabStore.removeItem(KEY);
}

/** Remembers, over the way through the issuer, which page was wanted: its errors do not bring it back. */
export function rememberReturnTo(path: string): void {
  tabStore.setItem(RETURN_TO_KEY, path);
}

export function rememberedReturnTo(): string | null {
  return tabStore.getItem(RETURN_TO_KEY);
}
