import * as z from 'zod';
import type { Query } from '../../execution/use-case.ts';
import { Snapshot, View } from '../../execution/view.ts';
import { holdResponse } from '../../schemas/hold-responses.ts';
import * as fields from '../../schemas/input-fields.ts';
import { presentHold, presentInvited } from '../../schemas/present-hold.ts';
import { eventBatchKey } from '../../storage/keys.ts';
import { holdViewKeys, requireHold } from './hold-access.ts';

const input = z.object({ hold_id: fields.holdId });

export const readHold: Query<z.output<typeof input>> = {
  kind: 'query',
  endpoint: 'ReadHold',
  summary: 'A hold with the lenders who were invited: for operators. Nobody else sees these addresses, but the borrower.',
  input,
  output: holdResponse,

  async read(context, { store }) {
    const keys = holdViewKeys(context);
    const { hold, loan } = requireHold(new View(Snapshot.read(keys, await store.get(keys))), context);
    const [batch] = await store.get([eventBatchKey(hold.loanId, hold.version)]);
    const lenders = presentInvited(loan, batch?.data);
    return { success: true, hold: { ...presentHold(hold, loan, context.rules.riskLabels), lenders } };
  },
};
