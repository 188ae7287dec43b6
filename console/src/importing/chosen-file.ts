import type { Encoding } from './decode-file.ts';

/** A file to import. */
export interface ChosenFile {
  readonly name: string;
  readonly text: string;
  readonly encoding: Encoding;
  /** Of the user's choice: the same file chosen again has another one. */
  readonly id: string;
  /** The id of its last check. */
  readonly checkId?: string;
}

/* Kept until it was imported, also over a reload if it is not too long for the browser's storage. Signing out removes `draft.…`. */

const LENGTH_MAX = 1_000_000;
const files = new Map<string, ChosenFile>();

function nameOf(userId: string, loanId: string): string {
  return `draft.importing.${userId}.${loanId}`;
}

/** @param file undefined once it is imported */
export function keepChosenFile(userId: string, loanId: string, file: ChosenFile | undefined): void {
  const name = nameOf(userId, loanId);
  files.delete(name);
  try {
    window.sessionStorage.removeItem(name);
    if (file && file.text.length <= LENGTH_MAX) window.sessionStorage.setItem(name, JSON.stringify(file));
  } catch {
    // No storage, or full: then it lasts as long as the page.
  }
  if (file) files.set(name, file);
}

export function readChosenFile(userId: string, loanId: string): ChosenFile | undefined {
  const name = nameOf(userId, loanId);
  try {
    return files.get(name) ?? JSON.parse(window.sessionStorage.getItem(name) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
}

/** Notes the check of a file, unless another one was chosen meanwhile. */
export function keepCheck(userId: string, loanId: string, file: ChosenFile, checkId: string): void {
  if (readChosenFile(userId, loanId)?.id === file.id) keepChosenFile(userId, loanId, { ...file, checkId });
}

/** @returns undefined where another file was chosen or checked since, as the back button leads to older checks */
export function readCheckedFile(userId: string, loanId: string, checkId: string): ChosenFile | undefined {
  const file = readChosenFile(userId, loanId);
  return file?.checkId === checkId ? file : undefined;
}

/** Remembers the import that was started last, for a user who comes back without its address. */
export function keepLastRun(userId: string, loanId: string, importId: string): void {
  try {
    window.sessionStorage.setItem(`${nameOf(userId, loanId)}.run`, importId);
  } catch {
    // No storage: the address of the page has the id too.
  }
}

export function readLastRun(userId: string, loanId: string): string | undefined {
  try {
    return window.sessionStorage.getItem(`${nameOf(userId, loanId)}.run`) ?? undefined;
  } catch {
    return undefined;
  }
}
