import {
  type Invitation,
  type LendingClient,
  type ListInvitationsResponse,
  type WatchState,
  watchLoan,
} from '@private-lending/client';
import { renewingSession, type SessionOptions, withAuthOptions, withClient } from '../api-client.ts';
import type { LendingCommand } from '../lending-command.ts';
import { findLoan, type LoanOption, requireLoan, withLoan } from '../loan-argument.ts';
import { type JsonOption, printAnswered, printEvent, printInvitations, printJson, printResult } from '../output.ts';
import { showControls } from '../terminal-text.ts';

const PAGE_SIZE = 100;

type Options = JsonOption & SessionOptions & LoanOption;

/** invitations, accept, decline and watch. */
export function addInvitationCommands(program: LendingCommand): void {
  withAuthOptions(withLoan(program.command('invitations')))
    .description('lists the invitations that a lender received, the newest first; with a loan, only the one to it')
    .example('invitations --as ana@example.com')
    .action(async (argument: string | undefined, options: Options, command: LendingCommand) => {
      const loan = findLoan(command, argument, options);
      const list = (client: LendingClient) => listAllInvitations(client, loan);
      printResult(options, await withClient(options, command, list), printInvitations);
    });

  for (const verb of ['accept', 'decline'] as const) {
    withAuthOptions(withLoan(program.command(verb)))
      .description(`${verb}s the invitation to a loan`)
      .example(`${verb} LOAN --as ana@example.com`)
      .action(async (argument: string | undefined, options: Options, command: LendingCommand) => {
        const loan = requireLoan(command, argument, options);
        const answer = (client: LendingClient) =>
          verb === 'accept' ? client.acceptInvitation(loan) : client.declineInvitation(loan);
        printResult(options, await withClient(options, command, answer), printAnswered);
      });
  }

  withLoan(program.command('watch'))
    .description('prints the events of a loan as they happen, one a line, until it is stopped')
    .option('--after <cursor>', 'start after this cursor instead of with new events')
    .option('--as <email>', 'sign in at the local issuer as this address, also when the token expires; else LENDING_TOKEN is used')
    .option('--url <url>', 'the server, also LENDING_URL; default http://127.0.0.1:3000')
    .option('--json', 'print each event, and an error at the end, as a JSON line')
    .example('watch LOAN --as borrower@example.com')
    .action(watch);
}

async function listAllInvitations(client: LendingClient, loan: string | undefined): Promise<ListInvitationsResponse> {
  const invitations: Invitation[] = [];
  for await (const invitation of client.listInvitations({ limit: PAGE_SIZE }))
    if (loan === undefined || invitation.loan_id === loan) invitations.push(invitation);
  return { success: true, invitations, next_cursor: null };
}

async function watch(argument: string | undefined, options: Options & { after?: string }, command: LendingCommand): Promise<void> {
  const { after, json } = options;
  const loanId = requireLoan(command, argument, options);
  const { client, explain } = await renewingSession(options, command);
  const onState = (state: WatchState) => void process.stderr.write(`${describeState(state, loanId)}\n`);
  try {
    for await (const { event, cursor } of watchLoan(client, loanId, { after, onState })) {
      if (json) printJson({ ...event, cursor });
      else printEvent(event);
    }
  } catch (error) {
    throw await explain(error);
  }
}

/** @internal exported for tests */
export function describeState(state: WatchState, loanId: string): string {
  if (state.name === 'lost') {
    const reason = state.reason === '' ? '' : ` (${showControls(state.reason)})`;
    return `Connection lost${reason}. Trying again in ${(state.retryInMs / 1000).toFixed(1)} s.`;
  }
  return state.isAgain ? 'Connected again.' : `Watching loan ${loanId}.`;
}
