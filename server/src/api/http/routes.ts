import type { UseCase } from '../../execution/use-case.ts';
import { readEvents } from '../../usecases/events/read-events.ts';
import { importLenders } from '../../usecases/imports/import-lenders.ts';
import { exportImportRows, listImportRows } from '../../usecases/imports/list-import-rows.ts';
import { readImport } from '../../usecases/imports/read-import.ts';
import { acceptInvitation } from '../../usecases/invitations/accept-invitation.ts';
import { declineInvitation } from '../../usecases/invitations/decline-invitation.ts';
import { listInvitations } from '../../usecases/invitations/list-invitations.ts';
import { addLenders } from '../../usecases/lenders/add-lenders.ts';
import { changeLender } from '../../usecases/lenders/change-lender.ts';
import { listLenders } from '../../usecases/lenders/list-lenders.ts';
import { remindLender } from '../../usecases/lenders/remind-lender.ts';
import { revokeLender } from '../../usecases/lenders/revoke-lender.ts';
import { cancelLoan } from '../../usecases/loans/cancel-loan.ts';
import { closeLoan } from '../../usecases/loans/close-loan.ts';
import { createLoan } from '../../usecases/loans/create-loan.ts';
import { listLoans } from '../../usecases/loans/list-loans.ts';
import { readLoan } from '../../usecases/loans/read-loan.ts';

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
