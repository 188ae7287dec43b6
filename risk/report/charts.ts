import { barChart } from '../../bench/report/chart.ts';
import { ANY_DELAY, type CalibrationBin, type MethodFigures } from '../evaluation/figures.ts';
import { lineChart } from './line-chart.ts';

const COLORS = ['#2f6f4f', '#b0643c', '#7a6fa8', '#8a8478'];

/** File names in docs/img and their SVG. */
export function chartsOf(methods: readonly MethodFigures[], calibration: readonly CalibrationBin[]): Record<string, string> {
  const [score] = methods;
  const groups = Object.entries(score?.falseHoldsByGroup ?? {});
  return {
    'risk-precision-recall.svg': lineChart(
      'Precision and recall on families that the training has not seen, 1 % abusive',
      { x: 'recall', y: 'precision' },
      methods
        .filter(({ name }) => name !== ANY_DELAY)
        .map(({ name, curve }, index) => ({
          label: name,
          color: COLORS[index % COLORS.length] ?? '#000',
          isDashed: index > 0,
          points: curve,
        })),
    ),
    'risk-families.svg': barChart(
      'Recall of the score by family, in per cent',
      Object.entries(score?.recallByFamily ?? {}).map(([label, recall]) => ({ label, value: 100 * recall })),
    ),
    'risk-false-holds.svg': barChart(
      'False holds of 1,000 honest batches, by group',
      groups.map(([label, { per1000 }]) => ({ label, value: per1000 })),
    ),
    'risk-calibration.svg': lineChart('Calibration, 1 % abusive', { x: 'score', y: 'part that is abusive' }, [
      {
        label: 'as it should be',
        color: '#8a8478',
        isDashed: true,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
      { label: 'score', color: '#2f6f4f', points: calibration.map(({ predicted, observed }) => [predicted, observed] as const) },
    ]),
  };
}
