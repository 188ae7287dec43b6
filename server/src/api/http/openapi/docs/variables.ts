import { html } from 'hono/html';
import { MAIL_TOKEN_EXAMPLE } from '../../system-schemas.ts';
import { LOAN_ID } from '../examples.ts';
import { anchor, type Html, prose } from './markup.ts';
import { titleOf } from './titles.ts';

interface Variable {
  /** Of the value. */
  readonly description: string;
  /** Id of the call whose response has the value. */
  readonly call?: string;
}

/** The shell variables of all commands on the page, which the reader sets. */
const VARIABLES: Readonly<Record<string, Variable>> = {
  LENDING_URL: { description: 'The address of the API.' },
  LENDING_TOKEN: { description: 'A token of the borrower.' },
  LENDER_TOKEN: { description: 'A token of an invited lender.' },
  OPERATOR_TOKEN: {
    description: 'A token of an operator: their address is in `OPERATORS`, or the claim `AUTH_OPERATOR_CLAIM` says so.',
  },
  LOAN_ID: { description: '`loan_id` of your loan.', call: 'createLoan' },
  LENDER_ID: { description: '`lender_id` of one of its lenders.', call: 'createLoan' },
  IMPORT_ID: { description: '`import_id` of your file.', call: 'importLenders' },
  HOLD_ID: { description: '`hold_id` of a hold.', call: 'listHolds' },
  NEXT_CURSOR: { description: '`next_cursor` of the page before.', call: 'listLoans' },
  MAIL_TOKEN: {
    description: 'The text after the `#` of a link in a mail. Until `SMTP_URL` is set, mail is in `data/mail/*.eml`.',
  },
};

/** Examples in bodies that only a server can create, with the variable that replaces each in a command. */
export const EXAMPLE_VARIABLES: Readonly<Record<string, string>> = {
  [LOAN_ID]: 'LOAN_ID',
  [MAIL_TOKEN_EXAMPLE]: 'MAIL_TOKEN',
};

/** Calls that need the effect of another one first. */
const PREREQUISITES: Readonly<Record<string, string>> = {
  closeLoan: 'acceptInvitation',
  listImportRows: 'importLenders',
  readImport: 'importLenders',
};

export function variableTable(): Html {
  return html`<table class="fields"><tbody>${Object.entries(VARIABLES).map(
    ([name, { description, call }]) => html`<tr>
<th scope="row" id="${anchor('variable', name)}"><code>$${name}</code></th>
<td>${prose(description)}${call && html` From <a href="#${anchor('call', call)}">${titleOf(call)}</a>.`}</td>
</tr>`,
  )}</tbody></table>`;
}

/** Lists what a command needs before it works: its variables, and another call. */
export function needsOf(command: string, operationId?: string): Html {
  const named = new Set([...command.matchAll(/\$(\w+)/g)].map(([, name]) => name));
  const used = Object.keys(VARIABLES).filter((name) => named.has(name));
  const first = operationId === undefined ? undefined : PREREQUISITES[operationId];
  const links = used.map((name) => html` <a href="#${anchor('variable', name)}"><code>$${name}</code></a>`);
  return html`<p class="needs">${links.length > 0 && html`Fill in:${links}.`}${
    first !== undefined && html` First: <a href="#${anchor('call', first)}">${titleOf(first)}</a>.`
  }</p>`;
}
