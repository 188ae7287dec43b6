import { parseTitle } from '@private-lending/locale/column-names';

/** Which column of a pasted table has which cells, by the names in its first row. */
export interface Header {
  readonly titles: readonly string[];
  readonly email: number | undefined;
  readonly amount: number | undefined;
  /** A currency in the title of the amounts. */
  readonly currency: { readonly text: string; readonly codes: readonly string[] } | undefined;
  /** The whole name, or first and last name. */
  readonly name: readonly number[];
}

/**
 * @param first row of a paste
 * @param hasMore whether there are rows below it
 * @returns undefined where it does not name columns
 */
export function parseHeader(first: readonly string[], hasMore: boolean): Header | undefined {
  if (first.some((cell) => cell.includes('@'))) return undefined;
  const titles = first.map(parseTitle);
  const find = (name: NonNullable<(typeof titles)[number]>['column']) => {
    const own = titles.findIndex((title) => title?.column === name && title.isOwn);
    const index = own >= 0 ? own : titles.findIndex((title) => title?.column === name);
    return index < 0 ? undefined : index;
  };
  const [email, amount, whole, firstName, lastName] = [
    find('email'),
    find('contribution_amount'),
    find('name'),
    find('first_name'),
    find('last_name'),
  ];
  const known = titles.filter((title) => title !== undefined).length;
  const filled = first.filter((cell) => cell.trim() !== '').length;
  // One title alone, or beside cells that may be names, may be a name too: there are people called Summa.
  const isHeader = email !== undefined || known >= 2 || (known === 1 && filled === 1 && hasMore);
  if (!isHeader) return undefined;
  const isWhole = whole !== undefined && (firstName === undefined) === (lastName === undefined);
  const name = (isWhole ? [whole] : [firstName ?? whole, lastName ?? whole]).filter((index) => index !== undefined);
  return { titles: first, email, amount, currency: amount === undefined ? undefined : titles[amount]?.currency, name };
}
