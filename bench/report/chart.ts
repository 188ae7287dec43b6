/** The unit is in the title of the chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
}

const WIDTH = 760;
const LABEL_WIDTH = 300;
const BAR_HEIGHT = 22;
const ROW_HEIGHT = 34;

/** @returns an SVG with horizontal bars, for light and dark pages */
export function barChart(title: string, bars: readonly Bar[]): string {
  const max = Math.max(...bars.map(({ value }) => value), 1);
  const height = 56 + bars.length * ROW_HEIGHT;
  const rows = bars.map(({ label, value }, index) => {
    const y = 48 + index * ROW_HEIGHT;
    const width = Math.max(2, ((WIDTH - LABEL_WIDTH - 110) * value) / max);
    return [
      `<text x="${LABEL_WIDTH - 12}" y="${y + 15}" text-anchor="end">${label}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="3" fill="#5f8f73"/>`,
      `<text x="${(LABEL_WIDTH + width + 8).toFixed(1)}" y="${y + 15}">${formatNumber(value)}</text>`,
    ].join('\n');
  });
  const description = bars.map(({ label, value }) => `${label}: ${formatNumber(value)}`).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="14" fill="#3a3630" role="img" aria-label="${title}. ${description}">
<rect width="${WIDTH}" height="${height}" rx="8" fill="#fffdf9"/>
<text x="20" y="28" font-size="16" font-weight="600">${title}</text>
${rows.join('\n')}
</svg>
`;
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
