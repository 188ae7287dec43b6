import { pacedMailsPerDay } from '../../server/src/domain/mail/limits/pacing.ts';
import { featuresOf } from '../../server/src/risk/features/features-of.ts';
import type { RiskBatch, RiskInvitation } from '../../server/src/risk/features/risk-batch.ts';
import {
  DAY_MS,
  newSender,
  type RiskOutcome,
  recordBatch,
  recordOutcome,
  type SenderHistory,
} from '../../server/src/risk/features/sender-history.ts';
import type { RiskModel } from '../../server/src/risk/model/risk-model.ts';
import { scoreOf } from '../../server/src/risk/model/score-of.ts';
import { boughtList, habitsOf, sortedByAddress, UNWANTED } from '../data/abuse/lists.ts';
import { privateAddress } from '../data/domains.ts';
import { personOf } from '../data/people/people.ts';
import { Random } from '../data/random.ts';
import { emailOf } from '../training/samples.ts';

/** What an attacker with a bought list of 200, one account and a week can choose, who knows the features and the model. */
export interface Tactics {
  /** Days that the account waits before its first invitation. */
  readonly wait: number;
  /** Mailboxes of the attacker's own that are invited and accept before the attack. */
  readonly warmUp: number;
  readonly batchSize: number;
  readonly gapHours: number;
  /** Part of each batch that goes to own mailboxes, which accept. */
  readonly decoys: number;
  readonly order: 'sorted' | 'shuffled';
  readonly names: 'none' | 'all';
  readonly amounts: 'tiny' | 'equal' | 'round';
  readonly targets: 'all' | 'public providers';
}

export type Defence = 'none' | 'pacing' | 'score' | 'pacing and score';

/** What the attacker does without a thought of being held. */
export const NAIVE: Tactics = {
  wait: 0,
  warmUp: 0,
  batchSize: 20,
  gapHours: 0.1,
  decoys: 0,
  order: 'sorted',
  names: 'none',
  amounts: 'tiny',
  targets: 'all',
};

/** In the order in which they are tried. */
const CHOICES: { readonly [Knob in keyof Tactics]: readonly Tactics[Knob][] } = {
  batchSize: [20, 10, 5, 2, 1],
  gapHours: [0.1, 1, 6, 24],
  names: ['none', 'all'],
  order: ['sorted', 'shuffled'],
  amounts: ['tiny', 'equal', 'round'],
  targets: ['all', 'public providers'],
  wait: [0, 7, 60],
  warmUp: [0, 6, 20],
  decoys: [0, 0.3, 0.6],
};

const LIST = 200;
const DAYS = 7;
const LOAN = 5_000_000;
const TRIALS = 4;
const START = Date.UTC(2026, 4, 4);

export interface AttackResult {
  readonly tactics: Tactics;
  /** Mails that strangers get in the week, mean of some attacks. */
  readonly delivered: number;
}

/** Needs mailboxes of the attacker's own, from which other accounts accept. */
const WITH_OWN_MAILBOXES: readonly string[] = ['warmUp', 'decoys'];

/** Changes one choice after the other for the better, twice over. */
export function bestTactics(model: RiskModel, defence: Defence, hasMailboxes: boolean): AttackResult {
  const knobs = Object.keys(CHOICES).filter((knob) => hasMailboxes || !WITH_OWN_MAILBOXES.includes(knob));
  let best: AttackResult = { tactics: NAIVE, delivered: deliveredBy(model, defence, NAIVE) };
  for (let pass = 0; pass < 2; pass++) {
    for (const knob of knobs) {
      for (const tactics of variantsOf(best.tactics, knob)) {
        const delivered = deliveredBy(model, defence, tactics);
        if (delivered > best.delivered) best = { tactics, delivered };
      }
    }
  }
  return best;
}

export function deliveredBy(model: RiskModel, defence: Defence, tactics: Tactics): number {
  const trials = Array.from({ length: TRIALS }, (_, trial) => attack(model, defence, tactics, new Random(`adversary ${trial}`)));
  return trials.reduce((sum, delivered) => sum + delivered, 0) / TRIALS;
}

function variantsOf(tactics: Tactics, knob: string): Tactics[] {
  const isKnob = (name: string): name is keyof Tactics => name in CHOICES;
  if (!isKnob(knob)) return [];
  return CHOICES[knob].filter((value) => value !== tactics[knob]).map((value) => ({ ...tactics, [knob]: value }));
}

interface Queued {
  readonly isDecoy: boolean;
}

/** One account through one week. Mails in the queue leave as pacing allows; a held batch never leaves. */
class Account {
  history: SenderHistory;
  delivered = 0;
  readonly #queue: Queued[] = [];
  readonly #random: Random;
  readonly #isPaced: boolean;
  #sentToday = 0;
  #day = -1;

  constructor(history: SenderHistory, random: Random, isPaced: boolean) {
    this.history = history;
    this.#random = random;
    this.#isPaced = isPaced;
  }

  take(batch: RiskBatch, decoys: number, isHeld: boolean): void {
    this.history = recordBatch(this.history, batch);
    if (!isHeld) this.#queue.push(...batch.invitations.map((_, index) => ({ isDecoy: index < decoys })));
    this.release(batch.at);
  }

  /** Lets mails leave at the end of each day until then. */
  advance(until: number): void {
    for (let end = (this.#day + 1) * DAY_MS - 1; this.#day >= 0 && end < until; end += DAY_MS) this.release(end);
  }

  release(at: number): void {
    const day = Math.floor(at / DAY_MS);
    if (day !== this.#day) [this.#day, this.#sentToday] = [day, 0];
    const room = this.#isPaced ? Math.floor(pacedMailsPerDay(this.history)) - this.#sentToday : this.#queue.length;
    for (const mail of this.#queue.splice(0, Math.max(0, room))) {
      this.#sentToday++;
      if (!mail.isDecoy) this.delivered++;
      const outcome = mail.isDecoy ? 'accepted' : this.#response();
      if (outcome) this.history = recordOutcome(this.history, outcome);
    }
  }

  #response(): RiskOutcome | undefined {
    const { accepted, declined, optedOut, bounced } = UNWANTED;
    return this.#random.weighted<RiskOutcome | undefined>([
      [accepted, 'accepted'],
      [declined, 'declined'],
      [optedOut, 'optedOut'],
      [bounced, 'bounced'],
      [1 - accepted - declined - optedOut - bounced, undefined],
    ]);
  }
}

function attack(model: RiskModel, defence: Defence, tactics: Tactics, random: Random): number {
  const habits = { ...habitsOf(random.fork('habits')), named: tactics.names, isSorted: false };
  const all = boughtList(random.fork('list'), habits, tactics.targets === 'all' ? LIST : 3 * LIST);
  const wanted =
    tactics.targets === 'all' ? all : all.filter(({ email }) => habits.locale.freeMail.includes(email.split('@')[1] ?? ''));
  const list = tactics.order === 'sorted' ? sortedByAddress(wanted.slice(0, LIST)) : wanted.slice(0, LIST);
  const own = random.fork('own');
  const decoy = (): RiskInvitation => {
    const person = personOf(habits.locale, own);
    return { email: emailOf(privateAddress(person, own)), name: person.name, contribution: amountOf(tactics, own) };
  };
  const account = new Account(newSender(START - tactics.wait * DAY_MS), random.fork('responses'), defence.startsWith('pacing'));
  const batchOf = (at: number, invitations: RiskInvitation[]) => ({
    at,
    senderName: habits.senderName,
    purpose: null,
    loanAmount: LOAN,
    invitations,
  });
  const send = (at: number, targets: RiskInvitation[], decoys: RiskInvitation[]) => {
    const batch = batchOf(at, [...decoys, ...targets]);
    account.advance(at);
    const isHeld = defence.endsWith('score') && isHeldBy(model, batch, account.history);
    account.take(batch, decoys.length, isHeld);
  };
  if (tactics.warmUp > 0) send(START - Math.min(tactics.wait, 3) * DAY_MS, [], Array.from({ length: tactics.warmUp }, decoy));
  const end = START + DAYS * DAY_MS;
  const decoys = Math.round(tactics.batchSize * tactics.decoys);
  for (let at = START; at < end && list.length > 0; at += tactics.gapHours * 3_600_000) {
    const targets = list.splice(0, Math.max(1, tactics.batchSize - decoys));
    const invitations = targets.map(({ email, name }) => ({ email: emailOf(email), name, contribution: amountOf(tactics, own) }));
    send(at, invitations, Array.from({ length: decoys }, decoy));
  }
  account.advance(end);
  return account.delivered;
}

function isHeldBy(model: RiskModel, batch: RiskBatch, history: SenderHistory): boolean {
  const features = featuresOf(batch, history, { otherSenders: batch.invitations.map(() => 0) });
  return scoreOf(model, features).score >= model.holdFrom;
}

function amountOf({ amounts }: Tactics, random: Random): number {
  if (amounts === 'tiny') return 100;
  return amounts === 'equal' ? 20_000 : random.pick([10_000, 15_000, 20_000, 25_000]);
}
