import * as z from 'zod';
import type { Query } from '../../execution/use-case.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentImport } from '../../schemas/presenters.ts';
import { importResponse } from '../../schemas/responses.ts';
import { requireImport } from './import-access.ts';

const input = z.object({ loan_id: fields.loanId, import_id: fields.importId });

export const readImport: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ReadImport',
  summary: 'How far an import is, and what has become of its rows so far.',
  input,
  output: importResponse,

  async read(context, reading) {
    const { loan, job } = await requireImport(context, reading);
    return { success: true, import: presentImport(loan, job) };
  },
};
