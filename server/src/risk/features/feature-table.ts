/** Whether a higher value may raise the score, lower it, or neither: the training keeps to it. */
type Effect = 'raises' | 'lowers';

interface FeatureDescription {
  /** The suspicious end of the feature in plain words, as operators read it in reasons. */
  readonly label: string;
  readonly unit: string;
  /** `batch`: the batch alone. `window`: with the sender's earlier invitations, up to 100 of 7 days. `history`: counters. */
  readonly source: 'batch' | 'window' | 'history' | 'other senders';
  readonly effect: Effect;
}

/**
 * The features of a batch. docs/risk.md has this table, and a test compares the two. Shares are shrunk, so that one of one is
 * less than twenty of twenty: `share` is count / (n + 2), `cluster` is (largest group - 1) / (n + 4).
 */
export const FEATURES = {
  batchSize: { label: 'many invitations at once', unit: 'log2(1 + invitations)', source: 'batch', effect: 'raises' },
  dayVolume: { label: 'many invitations in a day', unit: 'log2(1 + invitations in 24 h)', source: 'history', effect: 'raises' },
  accountAge: { label: 'new account', unit: 'log2(1 + days)', source: 'history', effect: 'lowers' },
  accepted: { label: 'few acceptances so far', unit: 'log2(1 + acceptances)', source: 'history', effect: 'lowers' },
  acceptanceRate: {
    label: 'low rate of acceptance',
    unit: '(accepted + 3) / (settled + 10)',
    source: 'history',
    effect: 'lowers',
  },
  declineRate: { label: 'many declined', unit: '(declined + 1) / (invited + 20)', source: 'history', effect: 'raises' },
  optOutRate: { label: 'many opted out of mail', unit: '(opted out + 0.1) / (invited + 20)', source: 'history', effect: 'raises' },
  bounceRate: { label: 'many mails bounced', unit: '(bounced + 0.4) / (invited + 20)', source: 'history', effect: 'raises' },
  distinctDomains: {
    label: 'domains unrelated to each other',
    unit: 'domains of organizations / (n + 2)',
    source: 'window',
    effect: 'raises',
  },
  oneDomain: { label: 'one domain', unit: 'cluster of a domain without free mail and relays', source: 'window', effect: 'raises' },
  freeMail: { label: 'few addresses at public providers', unit: 'share', source: 'window', effect: 'lowers' },
  newDomains: {
    label: 'domains new to the sender',
    unit: 'share of the batch at domains of organizations that earlier invitations lack',
    source: 'window',
    effect: 'raises',
  },
  disposable: { label: 'disposable addresses', unit: 'share', source: 'window', effect: 'raises' },
  patternRepetition: {
    label: 'addresses of one pattern',
    unit: '(1 - entropy of the patterns / log2 n) · n / (n + 5)',
    source: 'window',
    effect: 'raises',
  },
  digits: { label: 'many digits in addresses', unit: 'digits / characters of the local parts', source: 'window', effect: 'raises' },
  numbered: {
    label: 'numbered addresses',
    unit: 'cluster of local parts that differ in numbers',
    source: 'window',
    effect: 'raises',
  },
  nearDuplicates: {
    label: 'addresses that differ by a character',
    unit: 'cluster of local parts at most one deletion of each apart',
    source: 'window',
    effect: 'raises',
  },
  sameMailbox: { label: 'one mailbox spelled in several forms', unit: 'cluster of a mailbox', source: 'window', effect: 'raises' },
  gibberish: { label: 'random characters in addresses', unit: 'share', source: 'window', effect: 'raises' },
  sorted: {
    label: 'addresses in alphabetical order',
    unit: '(2 · ascending pairs / pairs - 1) · pairs / (pairs + 5), from 0',
    source: 'batch',
    effect: 'raises',
  },
  roles: { label: 'addresses of functions, such as info@', unit: 'share', source: 'window', effect: 'raises' },
  unnamed: { label: 'no names', unit: 'share', source: 'window', effect: 'raises' },
  nameMismatch: {
    label: 'names unlike their addresses',
    unit: 'share of names in Latin script',
    source: 'window',
    effect: 'raises',
  },
  repeatedName: { label: 'one name for several addresses', unit: 'cluster of a name', source: 'window', effect: 'raises' },
  namePayload: { label: 'a message in place of a name', unit: 'log2(1 + names)', source: 'window', effect: 'raises' },
  senderPayload: { label: 'a sender that poses as a company', unit: '0 to 1', source: 'batch', effect: 'raises' },
  equalAmounts: { label: 'equal amounts', unit: 'cluster of an amount', source: 'window', effect: 'raises' },
  tinyAmounts: {
    label: 'amounts too small for the loan',
    unit: 'share below a thousandth of the loan',
    source: 'window',
    effect: 'raises',
  },
  sharedTargets: { label: 'addresses that others invite, too', unit: 'share', source: 'other senders', effect: 'raises' },
  otherSenders: { label: 'one address invited by many', unit: 'log2(1 + senders)', source: 'other senders', effect: 'raises' },
} as const satisfies Readonly<Record<string, FeatureDescription>>;

export type FeatureName = keyof typeof FEATURES;

/** The features of one batch. Every value is finite. */
export type Features = Readonly<Record<FeatureName, number>>;

export const FEATURE_NAMES: readonly FeatureName[] = featureNames();

function featureNames(): FeatureName[] {
  const isFeature = (name: string): name is FeatureName => Object.hasOwn(FEATURES, name);
  return Object.keys(FEATURES).filter(isFeature);
}
