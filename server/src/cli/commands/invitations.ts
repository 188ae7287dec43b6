import {
  ConnectionError,
  type Invitation,
  type LendingClient,
  type ListInvitationsResponse,
  type WatchState,
  watchLoan,
} from '@private-lending/client';
import type { Command } from 'commander';
import { renewingClient, type SessionOptions, UnreachableError, withAuthOptions, withClient } from '../api-client.ts';
import { type JsonOption, printAnswered, printEvent, printInvitations, printJson, printResult } from '../output.ts';

const PAGE_SIZE = 100;

/** invitations, accept, decline and watch. */
export function addInvitationCommands(program: Command): void {
  withAuthOptions(program.command('invitations'))
    .description('lists the invitations that a lender received, the newest first')
    .action(async (options: JsonOption & SessionOptions) => {
      printResult(options, await withClient(options, listAllInvitations), printInvitations);
    });

  for (const verb of ['accept', 'decline'] as const) {
    withAuthOptions(program.command(verb))
      .description(`${verb}s the invitation to a loan`)
      .argument('<loan>', 'the loan’s id')
      .action(async (loan: string, options: JsonOption & SessionOptions) => {
        const answer = (client: LendingClient) =>
          verb === 'accept' ? client.acceptInvitation(loan) : client.declineInvitation(loan);
        printResult(options, await withClient(options, answer), printAnswered);
      });
  }

  program
    .command('watch')
    .description('prints the events of a loan as they happen, one a line, until it is stopped')
    .argument('<loan>', 'the loan’s id')
    .option('--after <cursor>', 'start after this cursor instead of with new events')
    .option('--as <email>', 'sign in at the local issuer as this address, also when the token expires')
    .option('--url <url>', 'the server, also LENDING_URL; default http://127.0.0.1:3000')
    .option('--json', 'print each event as a JSON line; LENDING_TOKEN is used if set')
    .action(watch);
}

async function listAllInvitations(client: LendingClient): Promise<ListInvitationsResponse> {
  const invitations: Invitation[] = [];
  for await (const invitation of client.listInvitations({ limit: PAGE_SIZE })) invitations.push(invitation);
  return { success: true, invitations, next_cursor: null };
}

async function watch(loanId: string, { after, json, ...options }: JsonOption & SessionOptions & { after?: string }) {
  const client = renewingClient(options);
  const onState = (state: WatchState) => void process.stderr.write(`${describeState(state, loanId)}\n`);
  try {
    for await (const { event, cursor } of watchLoan(client, loanId, { after, onState })) {
      if (json) printJson({ ...event, cursor });
      else printEvent(event);
    }
  } catch (error) {
    throw error instanceof ConnectionError ? new UnreachableError(client.url.origin, error) : error;
  }
}

function describeState(state: WatchState, loanId: string): string {
  if (state.name === 'lost') return `Connection lost. Trying again in ${(state.retryInMs / 1000).toFixed(1)} s.`;
  return state.isAgain ? 'Connected again.' : `Watching loan ${loanId}.`;
}
