import { type GraphQLNamedType, type GraphQLSchema, isEnumType, isInputObjectType, isObjectType } from 'graphql';
import type * as z from 'zod';
import type { ErrorCode } from '../../domain/errors.ts';
import { lender } from '../../schemas/input-fields.ts';
import * as shapes from '../../schemas/responses.ts';
import { errorCodesOf } from '../http/openapi/errors.ts';
import { routes } from '../http/routes.ts';
import { toCamel, toSnake } from './naming.ts';
import { type UseCaseExtension, useCaseOf } from './schema-builder.ts';

/** The schemas that all APIs share, whose descriptions a type and its fields take. */
const SHAPES: Readonly<Record<string, z.ZodObject>> = {
  Event: shapes.eventShape,
  EventData: shapes.eventShape.shape.data,
  EventImport: shapes.eventShape.shape.data.shape.import.unwrap(),
  EventLoan: shapes.eventShape.shape.data.shape.loan,
  EventPage: shapes.eventsResponse,
  EventTerms: shapes.eventShape.shape.data.shape.terms.unwrap(),
  Invitation: shapes.invitationShape,
  InvitationAnswered: shapes.invitationResponse,
  InvitationBorrower: shapes.invitationShape.shape.borrower,
  InvitationLoan: shapes.invitationShape.shape.loan,
  InvitationPage: shapes.invitationsResponse,
  Lender: shapes.lenderShape,
  LenderChanged: shapes.lenderResponse,
  LenderInput: lender,
  LenderPage: shapes.lendersResponse,
  LendersAdded: shapes.lendersAddedResponse,
  Loan: shapes.loanShape,
  LoanCreated: shapes.loanCreatedResponse,
  LoanEnded: shapes.loanResponse,
  LoanPage: shapes.loansResponse,
};

/** Types that SHAPES does not describe. */
const TYPES: Readonly<Record<string, string>> = {
  Actor: 'Who caused an event.',
  EventImport: 'Progress of the import that caused an event.',
  EventLoan: 'Totals and status of a loan after an event.',
  EventPage: 'A page of a loan’s events.',
  EventTerms: 'Terms of a loan.',
  InvitationAnswered: 'Result of accepting or declining.',
  InvitationPage: 'A page of invitations.',
  LenderChanged: 'Result of changing or revoking an invitation.',
  LenderInput: 'A lender to invite.',
  LenderPage: 'A page of a loan’s lenders.',
  LendersAdded: 'Result of inviting lenders, with the totals of the loan after it.',
  LenderStatus: 'State of an invitation.',
  LoanCreated: 'Result of posting a loan.',
  LoanEnded: 'Result of closing or cancelling a loan.',
  LoanEvent: 'An event of a subscription, with its position.',
  LoanPage: 'A page of loans.',
  LoanStatus: 'State of a loan.',
  Mutation: 'Calls that change something. Each field is a separate request: one may fail while others succeed.',
  Query: 'Calls that read. Each field is a separate request.',
  Role: 'The part that the caller has in a loan.',
  Subscription: 'Calls that stay open, over a WebSocket.',
};

const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Actor: {
    borrower: 'The borrower of the loan.',
    lender: 'The lender named in the event.',
    system: 'Nobody: it happened by itself, such as an expiry.',
  },
  LenderStatus: {
    pending: 'Invited, and can still answer.',
    accepted: 'Has accepted; may decline while the loan is open.',
    declined: 'Has declined.',
    revoked: 'The borrower took the invitation back, or ended the loan.',
    expired: 'Did not answer in time.',
  },
  LoanStatus: {
    open: 'Lenders can be invited, and can answer.',
    funded: 'All of its amount is accepted, or the borrower closed it at what was.',
    cancelled: 'The borrower ended it; all invitations ended with it.',
  },
  Role: { borrower: 'Loans that the caller posted.', lender: 'Loans that the caller is invited to.' },
};

/** Errors of the whole request, not of a field. */
const OF_REQUEST: ReadonlySet<ErrorCode> = new Set([
  'METHOD_NOT_ALLOWED',
  'REQUEST_TIMEOUT',
  'EXPECTATION_FAILED',
  'HEADERS_TOO_LARGE',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
]);

/** Describes types, fields, arguments and values, mostly from the input and response schemas that all APIs share. */
export function describeSchema(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!type.name.startsWith('__')) describeType(type);
  }
}

function describeType(type: GraphQLNamedType): void {
  const shape = SHAPES[type.name];
  type.description ??= toCamel(TYPES[type.name] ?? shape?.description ?? '');
  if (isEnumType(type)) for (const value of type.getValues()) value.description ??= VALUES[type.name]?.[value.name];
  if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) describe(field, shape);
  if (!isObjectType(type)) return;
  for (const field of Object.values(type.getFields())) {
    const extension = useCaseOf(field);
    describe(field, shape);
    if (extension) field.description = `${field.description} ${errorsOf(extension)}`;
    for (const argument of field.args) describe(argument, extension?.useCase.input);
  }
}

interface Described {
  readonly name: string;
  description?: string | null | undefined;
}

function describe(named: Described, shape: z.ZodObject | undefined): void {
  named.description = toCamel(named.description ?? shape?.shape[toSnake(named.name)]?.description ?? '');
}

/** The codes that a field can fail with, in `extensions.code`. A subscription has those of the query that it continues. */
function errorsOf({ useCase }: UseCaseExtension): string {
  const endpoint = useCase.kind === 'subscription' ? 'ReadEvents' : useCase.endpoint;
  const route = routes.find((route) => route.useCase.endpoint === endpoint);
  const codes = route ? errorCodesOf(route).filter((code) => !OF_REQUEST.has(code)) : [];
  return `Errors: ${codes.join(', ')}.`;
}
