import type { Hold, HoldWithLenders, LendingClient, ListHoldsData } from '@private-lending/client';
import { Option } from 'commander';
import { HOLD_STATUSES } from '../../domain/risk/hold-status.ts';
import { type SessionOptions, withAuthOptions, withClient } from '../api-client.ts';
import type { LendingCommand } from '../lending-command.ts';
import { counted, type JsonOption, print, printResult } from '../output.ts';
import { padTo, showControls } from '../terminal-text.ts';

const PAGE_SIZE = 100;
const STATUS_COLUMNS = 8;
const SENDER_COLUMNS = 32;

type Options = JsonOption & SessionOptions;
type ListOptions = Options & { readonly status?: NonNullable<ListHoldsData['query']>['status'] };

/** risk list, show, release and reject. */
export function addRiskCommands(program: LendingCommand): void {
  const risk = program.command('risk').description('for operators: invitations whose score is high');

  withAuthOptions(risk.command('list'))
    .description('lists the holds that nobody has decided on, the newest first; with a status, those that have it')
    .addOption(new Option('--status <status>', 'only holds with this status').choices(HOLD_STATUSES))
    .example('risk list --as operator@example.com')
    .action(async ({ status, ...options }: ListOptions, command: LendingCommand) => {
      const list = (client: LendingClient) => listAllHolds(client, status);
      printResult(options, await withClient(options, command, list), ({ holds }) =>
        print(`${counted(holds.length, 'hold')}.`, ...holds.map(holdLine)),
      );
    });

  withHold(risk.command('show'))
    .description('prints a hold with its reasons and the lenders who were invited')
    .example('risk show HOLD --as operator@example.com')
    .action(async (hold: string, options: Options, command: LendingCommand) => {
      const read = (client: LendingClient) => client.readHold(requireHold(command, hold));
      printResult(options, await withClient(options, command, read), (response) => print(...linesOf(response.hold)));
    });

  withHold(risk.command('release'))
    .description('has the mail about the invitations of a hold sent')
    .example('risk release HOLD --as operator@example.com')
    .action(async (hold: string, options: Options, command: LendingCommand) => {
      const release = (client: LendingClient) => client.releaseHold(requireHold(command, hold));
      printResult(options, await withClient(options, command, release), (response) => print(decisionLine(response.hold)));
    });

  withHold(risk.command('reject'))
    .description('drops the mail about the invitations of a hold')
    .example('risk reject HOLD --as operator@example.com')
    .action(async (hold: string, options: Options, command: LendingCommand) => {
      const reject = (client: LendingClient) => client.rejectHold(requireHold(command, hold));
      printResult(options, await withClient(options, command, reject), (response) => print(decisionLine(response.hold)));
    });
}

function withHold(command: LendingCommand): LendingCommand {
  return withAuthOptions(command.argument('<hold>', 'the hold’s id, from "risk list"'));
}

/** @throws UsageError for one that names nothing in a path */
function requireHold(command: LendingCommand, hold: string): string {
  return hold === '' ? command.error('the hold’s id is empty.') : hold;
}

async function listAllHolds(client: LendingClient, status: ListOptions['status']) {
  const holds: Hold[] = [];
  for await (const hold of client.listHolds({ limit: PAGE_SIZE, ...(status && { status }) })) holds.push(hold);
  return { success: true, holds, next_cursor: null };
}

/** Id, status, score, invitations, who invites, and the first reason. */
function holdLine({ hold_id, status, score, invitations, borrower, reasons: [reason] }: Hold): string {
  const sender = padTo(borrower.email, SENDER_COLUMNS);
  const columns = [status.padEnd(STATUS_COLUMNS), scoreText(score), String(invitations).padStart(4), sender];
  return `  ${hold_id}  ${columns.join('  ')}  ${reason?.label ?? ''}`.trimEnd();
}

function linesOf(hold: HoldWithLenders): string[] {
  const { hold_id, loan_id, status, score, model_version, invited_at, decided_at, decided_by, borrower, loan } = hold;
  const name = borrower.name === null ? '' : `${showControls(borrower.name)}, `;
  const purpose = loan.purpose === null ? '' : `: ${showControls(loan.purpose)}`;
  return [
    `Hold ${hold_id} is ${status}; score ${scoreText(score)}, model ${showControls(model_version)}.`,
    `Invited at ${invited_at} by ${name}${borrower.email}.`,
    `Loan ${loan_id} of ${loan.amount} ${loan.currency}${purpose}`,
    ...(decided_at === null ? [] : [`Decided at ${decided_at} by ${decided_by ?? ''}.`]),
    'Reasons:',
    ...hold.reasons.map(({ label, contribution }) => `  ${contribution.toFixed(2).padStart(6)}  ${label}`),
    `${counted(hold.lenders.length, 'lender')}:`,
    ...hold.lenders.map(({ email, name, contribution_amount }) =>
      `  ${padTo(email, SENDER_COLUMNS)} ${String(contribution_amount).padStart(14)}  ${showControls(name ?? '')}`.trimEnd(),
    ),
  ];
}

function decisionLine({ hold_id, status, is_enforced, invitations }: Hold): string {
  const mail = `The mail about ${counted(invitations, 'invitation')} ${status === 'released' ? 'is sent' : 'is dropped'}.`;
  return `Hold ${hold_id} is ${status}. ${is_enforced ? mail : 'Its mail did not wait: this is a label only.'}`;
}

function scoreText(score: number | null): string {
  return score === null ? 'none' : score.toFixed(2);
}
