import * as z from 'zod';
import type { Sections } from '../../bench/report/markdown-sections.ts';
import type { RiskModel } from '../../server/src/risk/model/risk-model.ts';
import { AIM, ANY_DELAY, type CalibrationBin, type MethodFigures } from '../evaluation/figures.ts';
import type { Sample } from '../training/samples.ts';
import type { Training } from '../training/training-record.ts';
import {
  ablationTable,
  adversaryTable,
  budgetTable,
  calibrationTable,
  candidateTable,
  type DefenceFigures,
  familyTable,
  featureTable,
  groupTable,
  percent,
  table,
} from './tables.ts';

export interface Evaluation {
  readonly model: RiskModel;
  readonly training: Training;
  readonly methods: readonly MethodFigures[];
  readonly calibration: readonly CalibrationBin[];
  readonly defences: readonly DefenceFigures[];
  /** risk/real-lists.json */
  readonly realLists: unknown;
  readonly samples: readonly Sample[];
  readonly shifted: readonly Sample[];
}

/** The sections of docs/risk.md that are made. */
export function sectionsOf(evaluation: Evaluation): Sections {
  const { training, methods, calibration, defences, realLists } = evaluation;
  const [score] = methods;
  if (!score) throw new Error('there is no method');
  return {
    'risk-card': cardOf(evaluation),
    'risk-aim': aimOf(methods),
    'risk-features': featureTable(),
    'risk-candidates': candidateTable(training),
    'risk-ablation': ablationTable(training),
    'risk-held-out': familyTable(methods),
    'risk-budget': budgetTable(methods),
    'risk-groups': groupTable(score),
    'risk-calibration': calibrationTable(calibration),
    'risk-adversary': adversaryTable(defences),
    'risk-real-lists': realListTable(realLists),
  };
}

function cardOf({ model, training, samples, shifted }: Evaluation): string {
  const abusive = samples.filter(({ isAbusive }) => isAbusive).length;
  return table(
    ['', ''],
    [
      ['version', model.version],
      ['kind', training.kept],
      ['steps of the stumps, merged', model.steps.length],
      ['calibrated for', `${percent(model.baseRate)} abusive batches`],
      ['holds from', `a score of ${model.holdFrom}`],
      [
        'trained on',
        `${number(training.batches.honest)} honest and ${number(training.batches.abusive)} abusive batches of ${Object.keys(training.table[0]?.recallByFamily ?? {}).length} families`,
      ],
      [
        'evaluated on',
        `${number(samples.length - abusive)} honest, ${number(shifted.length)} honest of the shifted population, ${number(abusive)} abusive batches of other families`,
      ],
    ],
  );
}

/** Says plainly what is reached and what is not. */
function aimOf(methods: readonly MethodFigures[]): string {
  const [score, ...rules] = methods;
  const baselines = rules.filter(({ name }) => name !== ANY_DELAY);
  const delay = rules.find(({ name }) => name === ANY_DELAY);
  if (!score || !delay) return '';
  const best = baselines.reduce((first, second) => (second.recall.value > first.recall.value ? second : first));
  const sentences = [
    `False holds: ${score.falseHolds.toFixed(1)} of 1,000 honest batches of the same population (aim: at most ${AIM}), which is ${score.falseHolds <= AIM ? 'reached' : '**not reached**'};`,
    `${score.falseHoldsShifted.toFixed(1)} of 1,000 of the shifted population, which is ${score.falseHoldsShifted <= AIM ? 'reached, too' : '**not reached**'}.`,
    `Recall on the held-out families: ${percent(score.recall.value)}, against ${percent(best.recall.value)} by the best rule alone (${best.name}).`,
  ];
  const lost = Object.keys(score.recallByFamily).flatMap((family) => {
    const better = baselines.filter(({ recallByFamily }) => (recallByFamily[family] ?? 0) > (score.recallByFamily[family] ?? 0));
    return better.map(
      ({ name, recallByFamily }) =>
        `${family}: ${name} holds ${percent(recallByFamily[family] ?? 0)}, the score ${percent(score.recallByFamily[family] ?? 0)}`,
    );
  });
  sentences.push(lost.length === 0 ? 'No such rule holds more of any family.' : `Such a rule holds more of: ${lost.join('; ')}.`);
  const delayed = Object.entries(delay.recallByFamily).filter(([family, part]) => part > (score.recallByFamily[family] ?? 0));
  sentences.push(
    `Pacing as it works, where one delayed mail counts, delays ${percent(delay.recall.value)} of the abusive batches, and ${delay.falseHolds.toFixed(0)} of 1,000 honest ones`,
    delayed.length === 0
      ? 'and no more than the score of any family.'
      : `and more than the score of: ${delayed.map(([family, part]) => `${family} (${percent(part)})`).join(', ')}.`,
    `A threshold for the shifted population itself, ${score.shiftedThreshold.toFixed(2)}, would hold ${percent(score.shiftedRecall)} of the attacks.`,
  );
  return sentences.join('\n');
}

const realLists = z.object({
  package: z.string(),
  lists: z.object({ spam: z.number(), ham: z.number() }),
  matched: z.object({ pairs: z.number(), areaUnderRoc: z.number(), low: z.number(), high: z.number() }),
  held: z.object({ spam: z.number(), ham: z.number() }),
  features: z.array(z.object({ feature: z.string(), spam: z.number(), ham: z.number() })),
});

export type RealListFigures = z.infer<typeof realLists>;

function realListTable(json: unknown): string {
  const { package: name, lists, matched, held, features } = realLists.parse(json);
  const figures = table(
    ['', 'figure'],
    [
      ['lists of three addresses or more', `${lists.spam} of spam, ${lists.ham} of other mail`],
      ['pairs of the same size', matched.pairs],
      [
        'area under the ROC curve, in pairs of the same size',
        `${matched.areaUnderRoc.toFixed(2)} (${matched.low.toFixed(2)} to ${matched.high.toFixed(2)}); 0.5 is chance`,
      ],
      ['held at the threshold of the model', `${held.spam} of spam, ${held.ham} of other mail`],
    ],
  );
  const means = table(
    ['feature that differs most, in these pairs', 'mean, spam', 'mean, other mail'],
    features.map(({ feature, spam, ham }) => [`\`${feature}\``, spam.toFixed(3), ham.toFixed(3)]),
  );
  return `From \`${name}\`.\n\n${figures}\n\n${means}`;
}

function number(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}
