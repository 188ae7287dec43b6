import { bigint, integer, pgTable, primaryKey, smallint, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';

/* The tables of schema.sql, as Drizzle knows them. */

const time = (name: string) => timestamp(name, { withTimezone: true });
const units = (name: string) => bigint(name, { mode: 'number' });

export const loans = pgTable('loans', {
  loanId: uuid('loan_id').primaryKey(),
  borrowerId: text('borrower_id').notNull(),
  borrowerEmail: text('borrower_email').notNull(),
  amount: units('amount').notNull(),
  currency: text('currency').notNull(),
  decimals: smallint('decimals').notNull(),
  interestRate: integer('interest_rate').notNull(),
  termMonths: smallint('term_months').notNull(),
  purpose: text('purpose'),
  totalInvited: units('total_invited').notNull().default(0),
  totalAccepted: units('total_accepted').notNull().default(0),
  lenderCount: integer('lender_count').notNull().default(0),
  status: text('status').notNull().default('open'),
  version: integer('version').notNull().default(1),
  createdAt: time('created_at').notNull(),
});

export const lenders = pgTable(
  'lenders',
  {
    lenderId: uuid('lender_id').primaryKey(),
    loanId: uuid('loan_id')
      .notNull()
      .references(() => loans.loanId),
    email: text('email').notNull(),
    name: text('name'),
    userId: text('user_id'),
    contribution: units('contribution').notNull(),
    status: text('status').notNull(),
    round: integer('round').notNull(),
    invitedAt: time('invited_at').notNull(),
    expiresAt: time('expires_at').notNull(),
  },
  (table) => [unique().on(table.loanId, table.email)],
);

export const usage = pgTable(
  'usage',
  {
    userId: text('user_id').notNull(),
    what: text('what').notNull(),
    period: text('period').notNull(),
    used: integer('used').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.what] })],
);

export const idempotency = pgTable(
  'idempotency',
  {
    userId: text('user_id').notNull(),
    scope: text('scope').notNull(),
    key: text('key').notNull(),
    fingerprint: text('fingerprint').notNull(),
    status: smallint('status').notNull(),
    body: text('body').notNull(),
    requestId: text('request_id').notNull(),
    createdAt: time('created_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.scope, table.key] })],
);
