import type { Loan } from '@private-lending/client';
import { useQuery } from '@tanstack/react-query';
import { lending } from '../api/clients.ts';
import { keys, PAGE_SIZE } from '../api/queries.ts';
import { emailKey } from './model/email-form.ts';
import type { ValidationContext } from './model/validate.ts';

/** Of larger loans the addresses are not read: the server checks them anyway. */
const LENDERS_MAX = 1000;

type Invited = ValidationContext['invited'];

/** The addresses that are or were invited to a loan; undefined while they are not known. */
export function useInvited({ loan_id: loanId, lender_count: count }: Loan): Invited {
  const { data } = useQuery({
    queryKey: [...keys.lenders(loanId), 'addresses'],
    queryFn: async ({ signal }) => (await readInvited(loanId, signal)) ?? null,
    enabled: count <= LENDERS_MAX,
  });
  return data ?? undefined;
}

/** @returns undefined where there are more than are read */
async function readInvited(loanId: string, signal: AbortSignal): Promise<Invited> {
  const lenders = await lending.listLenders(loanId, { limit: PAGE_SIZE }, { signal }).toArray({ limit: LENDERS_MAX + 1 });
  if (lenders.length > LENDERS_MAX) return undefined;
  return new Map(
    lenders.map(({ email, status }) => [emailKey(email), status === 'pending' || status === 'accepted' ? status : 'ended']),
  );
}
