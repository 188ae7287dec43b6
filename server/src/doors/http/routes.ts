import type { UseCase } from '../../execution/use-case.ts';
import { acceptInvitation } from '../../usecases/accept-invitation.ts';
import { addLenders } from '../../usecases/add-lenders.ts';
import { cancelLoan } from '../../usecases/cancel-loan.ts';
import { changeLender } from '../../usecases/change-lender.ts';
import { closeLoan } from '../../usecases/close-loan.ts';
import { createLoan } from '../../usecases/create-loan.ts';
import { declineInvitation } from '../../usecases/decline-invitation.ts';
import { importLenders } from '../../usecases/import-lenders.ts';
import { exportImportRows, listImportRows } from '../../usecases/list-import-rows.ts';
import { listInvitations } from '../../usecases/list-invitations.ts';
import { listLenders } from '../../usecases/list-lenders.ts';
import { listLoans } from '../../usecases/list-loans.ts';
import { readEvents } from '../../usecases/read-events.ts';
import { readImport } from '../../usecases/read-import.ts';
import { readLoan } from '../../usecases/read-loan.ts';
import { remindLender } from '../../usecases/remind-lender.ts';
import { revokeLender } from '../../usecases/revoke-lender.ts';

export interface Route {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST';
  /** With parameters in braces, as in the reference. */
  readonly path: string;
  readonly useCase: UseCase;
  /** The body is a file of lenders, whose rows are a member of the request; JSON if left out. */
  readonly takesCsv?: true;
  /** What answers whoever wants CSV instead of JSON: its rows, whole. */
  readonly inCsv?: UseCase;
}

export const routes: readonly Route[] = [
  { method: 'POST', path: '/loans', useCase: createLoan },
  { method: 'GET', path: '/loans', useCase: listLoans },
  { method: 'GET', path: '/loans/{loan_id}', useCase: readLoan },
  { method: 'POST', path: '/loans/{loan_id}/lenders', useCase: addLenders },
  { method: 'GET', path: '/loans/{loan_id}/lenders', useCase: listLenders },
  { method: 'PATCH', path: '/loans/{loan_id}/lenders/{lender_id}', useCase: changeLender },
  { method: 'DELETE', path: '/loans/{loan_id}/lenders/{lender_id}', useCase: revokeLender },
  { method: 'POST', path: '/loans/{loan_id}/lenders/{lender_id}/reminders', useCase: remindLender },
  { method: 'POST', path: '/loans/{loan_id}/lenders/imports', useCase: importLenders, takesCsv: true },
  { method: 'GET', path: '/loans/{loan_id}/lenders/imports/{import_id}', useCase: readImport },
  {
    method: 'GET',
    path: '/loans/{loan_id}/lenders/imports/{import_id}/rows',
    useCase: listImportRows,
    inCsv: exportImportRows,
  },
  { method: 'POST', path: '/loans/{loan_id}/close', useCase: closeLoan },
  { method: 'POST', path: '/loans/{loan_id}/cancel', useCase: cancelLoan },
  { method: 'GET', path: '/loans/{loan_id}/events', useCase: readEvents },
  { method: 'GET', path: '/invitations', useCase: listInvitations },
  { method: 'POST', path: '/invitations/{loan_id}/accept', useCase: acceptInvitation },
  { method: 'POST', path: '/invitations/{loan_id}/decline', useCase: declineInvitation },
];

/** Whom a request is for; undefined where that is no use case. */
export function useCaseAt(method: string, path: string): UseCase | undefined {
  const parts = path.split('/');
  const leadsThere = (route: Route) => {
    const wanted = route.path.split('/');
    return (
      wanted.length === parts.length &&
      wanted.every((part, place) => part === parts[place] || (part.startsWith('{') && parts[place] !== ''))
    );
  };
  return routes.find((route) => route.method === method && leadsThere(route))?.useCase;
}

/** The names in a path's braces. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** Whether a request has members of its own besides what its path names, sent as JSON. */
export function takesBody({ path, useCase, takesCsv }: Route): boolean {
  if (takesCsv) return false;
  const named = new Set(pathParameters(path));
  return useCase.kind === 'command' && Object.keys(useCase.input.shape).some((field) => !named.has(field));
}
