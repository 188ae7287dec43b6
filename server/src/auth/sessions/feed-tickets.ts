import * as z from 'zod';
import type { Email } from '../../domain/email.ts';
import type { Caller } from '../../domain/identity.ts';
import { parseSessionId, type UserId } from '../../domain/ids.ts';
import type { Sealer } from './sealed-text.ts';

/** Time to connect and to subscribe. */
export const TICKET_SECONDS = 60;

const content = z.object({
  loanId: z.string(),
  /** Epoch milliseconds: until when it may be used. */
  until: z.number(),
  userId: z.string().transform((id) => id as UserId),
  email: z.string().transform((email) => email as Email),
  name: z.string().nullable(),
  expiresAt: z.number(),
  issuedAt: z.number().optional(),
  sessionId: z.string().transform(parseSessionId).optional(),
});

/**
 * Tickets with which a page of the console subscribes to a loan where it can't send the cookie of its session: to the feed of another
 * host. They are stateless. A ticket is as good as a token for one loan and one minute; the subscription lasts as long as the session.
 */
export class FeedTickets {
  readonly #sealer: Sealer;
  readonly #clock: () => number;

  constructor(sealer: Sealer, clock: () => number) {
    this.#sealer = sealer;
    this.#clock = clock;
  }

  issue({ userId, email, name, expiresAt, issuedAt, session }: Caller, loanId: string): Promise<string> {
    const until = this.#clock() + TICKET_SECONDS * 1000;
    const ticket: z.input<typeof content> = {
      loanId,
      until,
      userId,
      email,
      name,
      expiresAt,
      issuedAt,
      sessionId: session?.sessionId,
    };
    return this.#sealer.seal(JSON.stringify(ticket));
  }

  /** @returns its user; undefined for a ticket that is forged, too old, or of another loan */
  async open(ticket: string, loanId: string): Promise<Caller | undefined> {
    const text = await this.#sealer.open(ticket);
    if (text === undefined) return undefined;
    const { loanId: ofLoan, until, sessionId, ...identity } = content.parse(JSON.parse(text));
    const { userId } = identity;
    if (ofLoan !== loanId || this.#clock() >= until) return undefined;
    return { ...identity, isOperator: false, ...(sessionId && { session: { userId, sessionId } }) };
  }
}
