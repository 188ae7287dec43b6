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
  summary:
    'The progress of an import, and the outcomes of its rows so far. It can be read until 30 days after its end, a dry run for 24 hours.',
  input,
  output: importResponse,

  async read(context, services) {
    const { loan, job } = await requireImport(context, services);
    return { success: true, import: presentImport(loan, job) };
  },
};
