import { type Period, periodEndAfter } from '../usage-counter.ts';

/** A request for a code. */
export interface CodeRequest {
  /** Canonical. */
  readonly mailbox: string;
  /** A network address, of IPv6 its /64. */
  readonly network: string;
  /** The same, of IPv6 its /48. */
  readonly range: string;
}

interface CodeLimit {
  readonly max: number;
  readonly period: Period;
  /** Names the counter: requests with the same texts are counted together. */
  scope(request: CodeRequest): readonly string[];
  /** In the message, after "5 codes were requested". */
  readonly whose: string;
}

const forMailbox = ({ mailbox }: CodeRequest) => ['mailbox', mailbox];
const forMailboxFromNetwork = ({ mailbox, range }: CodeRequest) => ['from', range, mailbox];
const forNetwork = ({ network }: CodeRequest) => ['network', network];
const forRange = ({ range }: CodeRequest) => ['range', range];
const ADDRESS = 'for this address';
const ADDRESS_FROM_HERE = 'for this address from your network';

/**
 * Codes that may be requested in a UTC clock hour or day. One network may use half of what a mailbox has, so that nobody else can
 * keep its owner from signing in by requesting codes for it.
 */
export const CODE_LIMITS: readonly CodeLimit[] = [
  { max: 5, period: 'hour', scope: forMailboxFromNetwork, whose: ADDRESS_FROM_HERE },
  { max: 10, period: 'day', scope: forMailboxFromNetwork, whose: ADDRESS_FROM_HERE },
  { max: 10, period: 'hour', scope: forMailbox, whose: ADDRESS },
  { max: 20, period: 'day', scope: forMailbox, whose: ADDRESS },
  { max: 60, period: 'hour', scope: forNetwork, whose: 'from your network' },
  { max: 240, period: 'hour', scope: forRange, whose: 'from your network' },
  { max: 2000, period: 'hour', scope: () => ['all'], whose: 'here' },
];

/** Describes a limit that is used up, and the seconds until it is not. @param now epoch milliseconds */
export function describeUsedUpLimit(
  { max, period, whose }: CodeLimit,
  now: number,
): { readonly text: string; readonly seconds: number } {
  const seconds = Math.ceil((periodEndAfter(period, now) - now) / 1000);
  const time = `${new Date(periodEndAfter(period, now)).toISOString().slice(0, 16)}Z`;
  const text = `${max} codes were requested ${whose} in this ${period}, which is the most. Please retry after ${time}.`;
  return { text, seconds };
}
