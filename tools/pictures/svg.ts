/* Every picture has an opaque background, so that it can be read on a light and on a dark page. */

const SANS = "ui-sans-serif, system-ui, 'Segoe UI', sans-serif";
const MONO = 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

const STYLE = `
  text { font: 13px ${SANS}; fill: #5b564c; }
  .name { font: 600 15px ${MONO}; fill: #2c2a26; }
  .file { font: 13px ${MONO}; fill: #2c2a26; }
  .title { font-weight: 600; fill: #2c2a26; }
  .error { font: 12px ${MONO}; fill: #9a4322; }
  .box { fill: #f6f4ee; stroke: #b9b1a0; stroke-width: 1.5; }
  .core { fill: #e7f0ea; stroke: #5f8f73; }
  .outer { fill: #e9edf5; stroke: #7187ad; }
  .arrow { fill: none; stroke: #7a7365; stroke-width: 1.6; marker-end: url(#head); }
  .call { fill: none; stroke: #b5532d; stroke-width: 2; marker-end: url(#call-head); }
  .line { stroke: #c7bfae; stroke-width: 1.5; stroke-dasharray: 3 4; }
`;

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** For readers who don't see the picture. */
  readonly description: string;
  readonly shapes: readonly string[];
}

export function toSvg({ width, height, title, description, shapes }: Picture): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>${STYLE}</style>
<defs>
${arrowHead('head', '#7a7365')}
${arrowHead('call-head', '#b5532d')}
</defs>
<rect width="${width}" height="${height}" rx="10" fill="#fffdf9"/>
${shapes.join('\n')}
</svg>
`;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function rect(className: string, { x, y, width, height }: Box): string {
  return `<rect class="${className}" x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/>`;
}

export function text(content: string, { x, y, className = '', anchor = 'start' }: TextPlace): string {
  return `<text class="${className}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

export interface TextPlace {
  readonly x: number;
  /** Of the baseline. */
  readonly y: number;
  readonly className?: string;
  readonly anchor?: 'end' | 'middle' | 'start';
}

export function path(className: string, d: string): string {
  return `<path class="${className}" d="${d}"/>`;
}

function arrowHead(id: string, colour: string): string {
  return `<marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="${colour}"/></marker>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
