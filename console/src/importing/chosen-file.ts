import { tabStore } from '../app/text-store.ts';
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

function nameOf(userId: string, loanId: string): string {
  return `draft.importing.${userId}.${loanId}`;
}

/** @param file undefined once it is imported */
export function keepChosenFile(userId: string, loanId: string, file: ChosenFile | undefined): void {
  const name = nameOf(userId, loanId);
  tabStore.removeItem(name); // an older file must not come back after a reload where the browser has no room for this one
  if (file) tabStore.setItem(name, JSON.stringify(file));
}

export function readChosenFile(userId: string, loanId: string): ChosenFile | undefined {
  try {
    return JSON.parse(tabStore.getItem(nameOf(userId, loanId)) ?? 'null') ?? undefined;
  } catch {
    return undefined; // not JSON
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
  tabStore.setItem(`${nameOf(userId, loanId)}.run`, importId);
}

export function readLastRun(userId: string, loanId: string): string | undefined {
  return tabStore.getItem(`${nameOf(userId, loanId)}.run`) ?? undefined;
}
