import { FEATURE_NAMES, FEATURES } from '../../server/src/risk/features/feature-table.ts';
import { type AttackResult, type Defence, NAIVE, type Tactics } from '../evaluation/adversary.ts';
import { ANY_DELAY, BASE_RATES, BUDGET, type CalibrationBin, type MethodFigures } from '../evaluation/figures.ts';
import type { Interval } from '../evaluation/metrics.ts';
import type { Training } from '../training/training-record.ts';

type Cell = string | number;

/** The features with their units and sources, as in the code. */
export function featureTable(): string {
  const rows = FEATURE_NAMES.map((name) => {
    const { label, unit, source, effect } = FEATURES[name];
    return [`\`${name}\``, label, unit, source, effect];
  });
  return table(['feature', 'its suspicious end', 'unit', 'source', 'a high value'], rows);
}

export function candidateTable({ table: candidates, kept }: Training): string {
  const rows = candidates.map(({ name, averagePrecision, recall, behindBest }) => [
    name === kept ? `**${name}**` : name,
    figure(averagePrecision),
    percent(recall),
    behindBest.high === 0 ? 'best' : `${figure(behindBest.value)} (${figure(behindBest.low)} to ${figure(behindBest.high)})`,
  ]);
  return table(['model', 'PR-AUC', 'recall', 'behind the best, 95 %'], rows);
}

export function ablationTable({ ablation }: Training): string {
  const rows = ablation.map(({ without, averagePrecision, recall }) => [without, figure(averagePrecision), percent(recall)]);
  return table(['without', 'PR-AUC', 'recall'], rows);
}

/** Recall of each method by family, at the thresholds of the training. */
export function familyTable(methods: readonly MethodFigures[]): string {
  const families = Object.keys(methods[0]?.recallByFamily ?? {});
  return table(
    ['', ...methods.map(({ name }) => name)],
    [
      ...families.map((family) => [family, ...methods.map(({ recallByFamily }) => percent(recallByFamily[family] ?? 0))]),
      ['**all four, recall**', ...methods.map(({ recall }) => `**${percent(recall.value)}**`)],
      ['its 95 % interval', ...methods.map(({ recall }) => `${percent(recall.low)} to ${percent(recall.high)}`)],
      ['held from', ...methods.map(({ threshold }) => Number(threshold.toPrecision(3)))],
      ['mails held', ...methods.map(({ mailRecall }) => percent(mailRecall))],
      ['false holds of 1,000, same population', ...methods.map(({ falseHolds }) => figure(falseHolds, 1))],
      ['false holds of 1,000, shifted population', ...methods.map(({ falseHoldsShifted }) => figure(falseHoldsShifted, 1))],
    ],
  );
}

export function budgetTable(methods: readonly MethodFigures[]): string {
  const columns = BASE_RATES.flatMap((rate) => [
    `precision, ${percent(rate, 1)} abusive`,
    `recall, ${percent(rate, 1)}`,
    `PR-AUC, ${percent(rate, 1)}`,
  ]);
  const rows = methods
    .filter(({ name }) => name !== ANY_DELAY)
    .map(({ name, atBudget, averagePrecision }) => [
      name,
      ...BASE_RATES.flatMap((_, index) => [
        percent(atBudget[index]?.precision ?? 0),
        percent(atBudget[index]?.recall ?? 0),
        intervalOf(averagePrecision[index]),
      ]),
    ]);
  return `${BUDGET * 1000} of 1,000 batches are reviewed.\n\n${table(['', ...columns], rows)}`;
}

export function groupTable({ falseHoldsByGroup, falseHoldsByShiftedGroup }: MethodFigures): string {
  const rows = Object.entries(falseHoldsByGroup).map(([group, { batches, per1000 }]) => {
    const shifted = falseHoldsByShiftedGroup[group];
    return [group, batches, figure(per1000, 1), shifted?.batches ?? 0, figure(shifted?.per1000 ?? 0, 1)];
  });
  return table(['honest group', 'batches', 'false holds of 1,000', 'batches, shifted', 'false holds of 1,000, shifted'], rows);
}

export function calibrationTable(bins: readonly CalibrationBin[]): string {
  const rows = bins.map(({ from, predicted, observed, part }) => [
    `from ${from}`,
    percent(part, 2),
    percent(predicted, 2),
    percent(observed, 2),
  ]);
  return table(['score', 'of all batches', 'abusive as predicted', 'abusive'], rows);
}

export interface DefenceFigures {
  readonly defence: Defence;
  readonly naive: number;
  readonly adapted: AttackResult;
  /** With mailboxes of the attacker's own. */
  readonly withMailboxes: AttackResult;
}

export function adversaryTable(defences: readonly DefenceFigures[]): string {
  const rows = defences.map(({ defence, naive, adapted, withMailboxes }) => [
    defence,
    figure(naive, 0),
    figure(adapted.delivered, 0),
    changedTactics(adapted.tactics),
    figure(withMailboxes.delivered, 0),
    changedTactics(withMailboxes.tactics),
  ]);
  return table(['defence', 'naive', 'adapted', 'by', 'with own mailboxes', 'by'], rows);
}

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function percent(value: number, decimals = 0): string {
  return `${(100 * value).toFixed(decimals)} %`;
}

function intervalOf(interval: Interval | undefined): string {
  return interval ? `${figure(interval.value)} (${figure(interval.low)} to ${figure(interval.high)})` : '';
}

function figure(value: number, decimals = 3): string {
  return value.toFixed(decimals);
}

function changedTactics(tactics: Tactics): string {
  const { wait, warmUp, batchSize, gapHours, decoys, order, names, amounts, targets } = tactics;
  const changes = [
    wait !== NAIVE.wait && `waits ${wait} days`,
    warmUp !== NAIVE.warmUp && `has ${warmUp} mailboxes of its own accept first`,
    batchSize !== NAIVE.batchSize && `batches of ${batchSize}`,
    gapHours !== NAIVE.gapHours && `${gapHours} h apart`,
    decoys !== NAIVE.decoys && `${percent(decoys)} decoys that accept`,
    order !== NAIVE.order && order,
    names !== NAIVE.names && 'names that fit',
    amounts !== NAIVE.amounts && `${amounts} amounts`,
    targets !== NAIVE.targets && `targets at ${targets}`,
  ];
  return changes.filter((change) => change !== false).join(', ') || 'nothing';
}
