import { createBatches } from '../model/batches.ts';
import { isSending } from '../model/draft.ts';
import { type ValidationContext, validateRows } from '../model/validate.ts';
import type { InvitationStore } from './invitation-store.ts';

/** Why nothing was sent. */
type Obstacle = 'nobody' | 'problems' | 'too much';

/** What is free of the loan, in minor units. */
interface Room {
  /** As the page knows it. */
  readonly known: number;
  /** Reads it from the server. */
  readonly read: () => Promise<number>;
}

/**
 * Judges the stored draft and sends it. Not the rendered one: a press may come twice before the page shows the first.
 * @returns when all was sent, or sending has stopped; or at once with an obstacle
 */
export async function submitDraft(store: InvitationStore, context: ValidationContext, room: Room): Promise<Obstacle | undefined> {
  const { draft } = store.snapshot();
  if (isSending(draft)) return undefined;
  const { filled, problems, total } = validateRows(draft.rows, context);
  if (filled.length === 0) return 'nobody';
  if (problems.size > 0) return 'problems';
  // Somebody may have declined: then more is free than the page knows.
  if (total > room.known && total > (await room.read())) return 'too much';
  if (store.snapshot().draft !== draft) return submitDraft(store, context, room); // it was changed while the loan was read
  store.dispatch({ type: 'send', batches: createBatches(filled, draft.seed, context) });
  await store.run();
  return undefined;
}
