import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { KNOWN_OF_TEN, knownEmail, type OpenForms, seededLenders } from '../../dynamodb/add-form.ts';
import { powertoolsForm } from './powertools-form.ts';
import { readBatch, readEach, reportForm, userIdOf } from './report-forms.ts';
import { KEYS, LOANS, openClient, PARTICIPANTS, putAll, tableOf, USERS, usersTable } from './tables.ts';

/** Makes the tables and the accounts of the lenders. */
export const openForms: OpenForms = async (endpoints) => {
  const [client, straight] = [openClient(endpoints.delayed), openClient(endpoints.straight)];
  const tables = [
    usersTable(),
    tableOf(PARTICIPANTS, 'loan_id', 'lender_id'),
    tableOf(LOANS, 'loan_id'),
    tableOf(KEYS, 'idempotency_key'),
  ];
  for (const table of tables) await straight.send(new CreateTableCommand(table));
  const emails = [...seededLenders().map(({ email }) => email), ...Array.from({ length: KNOWN_OF_TEN }, (_, n) => knownEmail(n))];
  await putAll(
    straight,
    USERS,
    emails.map((email) => ({ user_id: userIdOf(email), email, is_lender: false })),
  );
  const clients = { client, straight };
  return {
    first: reportForm(clients, readEach),
    improved: reportForm(clients, readBatch),
    powertools: powertoolsForm(clients),
    close() {
      client.destroy();
      straight.destroy();
    },
  };
};
