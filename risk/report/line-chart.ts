/** A line through points, each with both values from 0 to 1. */
export interface Line {
  readonly label: string;
  readonly color: string;
  readonly isDashed?: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
}

const WIDTH = 760;
const HEIGHT = 440;
const PLOT = { left: 70, top: 56, width: 430, height: 310 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** @returns an SVG of lines over a unit square, for light and dark pages */
export function lineChart(title: string, axes: { readonly x: string; readonly y: string }, lines: readonly Line[]): string {
  const x = (value: number) => (PLOT.left + value * PLOT.width).toFixed(1);
  const y = (value: number) => (PLOT.top + (1 - value) * PLOT.height).toFixed(1);
  const bottom = PLOT.top + PLOT.height;
  const grid = TICKS.flatMap((tick) => [
    `<line x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}" stroke="#e4ddd0"/>`,
    `<text x="${PLOT.left - 10}" y="${Number(y(tick)) + 5}" text-anchor="end">${tick}</text>`,
    `<text x="${x(tick)}" y="${bottom + 22}" text-anchor="middle">${tick}</text>`,
  ]);
  const drawn = lines.flatMap(({ label, color, isDashed, points }, index) => {
    const path = points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ');
    const dash = isDashed ? ' stroke-dasharray="5 5"' : '';
    const top = PLOT.top + 14 + index * 24;
    return [
      `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"${dash}/>`,
      `<line x1="530" x2="554" y1="${top - 5}" y2="${top - 5}" stroke="${color}" stroke-width="2"${dash}/>`,
      `<text x="564" y="${top}">${label}</text>`,
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="14" fill="#3a3630" role="img" aria-label="${title}">
<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#fffdf9"/>
<text x="20" y="28" font-size="16" font-weight="600">${title}</text>
${grid.join('\n')}
${drawn.join('\n')}
<text x="${x(0.5)}" y="${bottom + 48}" text-anchor="middle">${axes.x}</text>
<text x="20" y="${y(0.5)}" transform="rotate(-90 20 ${y(0.5)})" text-anchor="middle" dominant-baseline="middle">${axes.y}</text>
</svg>
`;
}
