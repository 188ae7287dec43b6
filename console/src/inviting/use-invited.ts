import type { Loan } from '@private-lending/client';
import { useQuery } from '@tanstack/react-query';
import { lending } from '../api/clients.ts';
import { keys } from '../api/queries.ts';
import { emailKey } from './model/email-form.ts';

/** Of larger loans the addresses are not read: the server checks them anyway. */
const LENDERS_MAX = 1000;
const PAGE_SIZE = 100;

type Invited = ReadonlyMap<string, 'pending' | 'accepted'>;

const NOBODY: Invited = new Map();

/** The addresses that are invited to a loan, by `emailKey`, as far as they are known. */
export function useInvited({ loan_id: loanId, lender_count: count }: Loan): Invited {
  const { data = NOBODY } = useQuery({
    queryKey: [...keys.lenders(loanId), 'addresses'],
    queryFn: ({ signal }) => readInvited(loanId, signal),
    enabled: count > 0 && count <= LENDERS_MAX,
  });
  return data;
}

async function readInvited(loanId: string, signal: AbortSignal): Promise<Invited> {
  const invited = new Map<string, 'pending' | 'accepted'>();
  for (const status of ['pending', 'accepted'] as const) {
    const lenders = lending.listLenders(loanId, { status, limit: PAGE_SIZE }, { signal });
    for (const { email } of await lenders.toArray({ limit: LENDERS_MAX })) invited.set(emailKey(email), status);
  }
  return invited;
}
