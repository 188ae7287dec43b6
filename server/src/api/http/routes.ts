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
import { listHolds } from '../../usecases/operators/list-holds.ts';
import { readHold } from '../../usecases/operators/read-hold.ts';
import { rejectHold } from '../../usecases/operators/reject-hold.ts';
import { releaseHold } from '../../usecases/operators/release-hold.ts';

export interface Route {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST';
  /** With parameters in braces, as in OpenAPI. */
  readonly path: string;
  readonly useCase: UseCase;
  /** The body is a CSV file, whose rows become the member `rows`; JSON if left out. */
  readonly takesCsv?: true;
  /** Runs instead for a client that accepts CSV only: returns all rows, without pages. */
  readonly inCsv?: UseCase;
  /** Returns its page as server-sent events to a client that accepts these. */
  readonly inEventStream?: true;
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
  { method: 'GET', path: '/loans/{loan_id}/events', useCase: readEvents, inEventStream: true },
  { method: 'GET', path: '/invitations', useCase: listInvitations },
  { method: 'POST', path: '/invitations/{loan_id}/accept', useCase: acceptInvitation },
  { method: 'POST', path: '/invitations/{loan_id}/decline', useCase: declineInvitation },
  { method: 'GET', path: '/operator/holds', useCase: listHolds },
  { method: 'GET', path: '/operator/holds/{hold_id}', useCase: readHold },
  { method: 'POST', path: '/operator/holds/{hold_id}/release', useCase: releaseHold },
  { method: 'POST', path: '/operator/holds/{hold_id}/reject', useCase: rejectHold },
];

/** The use case that a request is routed to, if any. */
export function useCaseAt(method: string, path: string): UseCase | undefined {
  const parts = path.split('/');
  const matches = (route: Route) => {
    const pattern = route.path.split('/');
    return (
      pattern.length === parts.length &&
      pattern.every((part, index) => part === parts[index] || (part.startsWith('{') && parts[index] !== ''))
    );
  };
  return routes.find((route) => route.method === method && matches(route))?.useCase;
}

/** The names of a path's parameters. */
export function pathParameters(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}

/** The names of the parameters that a route takes in the query string. */
export function queryParameterNames({ path, useCase, takesCsv }: Route): string[] {
  if (useCase.kind === 'command' && !takesCsv) return [];
  const elsewhere = new Set([...pathParameters(path), ...(takesCsv ? ['rows'] : [])]);
  return Object.keys(useCase.input.shape).filter((name) => !elsewhere.has(name));
}

/** Whether requests have a JSON body: members besides the path parameters. */
export function takesBody({ path, useCase, takesCsv }: Route): boolean {
  if (takesCsv) return false;
  const inPath = new Set(pathParameters(path));
  return useCase.kind === 'command' && Object.keys(useCase.input.shape).some((field) => !inPath.has(field));
}
