import { folderImports, type Imports } from './imports.ts';
import { type Box, path, rect, text, toSvg } from './svg.ts';

const COLUMN_WIDTH = 205;
const COLUMN_GAP = 20;
const ROW_HEIGHT = 58;
const ROW_GAP = 26;
const MARGIN = 24;
const HEADING = 44;
const COLUMNS = 5;

interface Folder {
  /** Columns that its box covers, from 0. */
  readonly columns: readonly [first: number, last: number];
  readonly says: string;
  readonly style?: 'core' | 'outer';
}

/** What the imports don't say of a folder. Its row follows from them. */
const FOLDERS: Readonly<Record<string, Folder>> = {
  cli: { columns: [1, 3], says: 'the command line: lending serve, loan, lenders, watch, copy' },
  lambda: { columns: [0, 0], says: 'functions on AWS Lambda' },
  standalone: { columns: [1, 3], says: 'the server: listen, WebSockets, shutdown' },
  composition: { columns: [0, 2], says: 'creates the app, the core services and the background tasks' },
  api: { columns: [0, 2], says: 'http · graphql · feed · csv · websocket: translate, decide nothing' },
  config: { columns: [0, 2], says: 'reads and validates the environment' },
  mail: { columns: [1, 2], says: 'templates, links, transports' },
  outbox: { columns: [1, 2], says: 'dispatcher of event batches' },
  usecases: { columns: [1, 2], says: 'one file per use case', style: 'core' },
  auth: { columns: [0, 0], says: 'tokens, keys, request rate' },
  risk: { columns: [3, 3], says: 'features and score of a batch' },
  telemetry: { columns: [1, 2], says: 'logs, metrics, traces' },
  execution: { columns: [0, 2], says: 'the pipeline of every request: authenticate, validate, view, plan, commit', style: 'core' },
  events: { columns: [1, 2], says: 'change notification, event positions' },
  schemas: { columns: [0, 0], says: 'requests and responses' },
  pagination: { columns: [1, 1], says: 'cursors, filtered pages' },
  storage: { columns: [2, 3], says: 'store.ts, the port; keys.ts; sqlite/ and dynamodb/' },
  domain: {
    columns: [0, 3],
    says: 'the rules: money, loans, lenders, events, errors. No I/O, no clock, no randomness',
    style: 'core',
  },
  client: { columns: [3, 3], says: 'the SDK for TypeScript', style: 'outer' },
  console: { columns: [4, 4], says: 'the React application', style: 'outer' },
  locale: { columns: [0, 4], says: 'currencies, formats of money and dates, and the texts of console and mails by language' },
  infra: { columns: [3, 3], says: 'the CDK stack', style: 'outer' },
};

/** Draws the folders in layers, so that every import points down. An arrow that follows from others is left out. */
export function drawLayers(imports: Imports): string {
  const graph = folderImports(imports);
  const rows = rowsOf(graph);
  const top = Math.max(...rows.values());
  const boxOf = (name: string): Box => {
    const [first, last] = folderNamed(name).columns;
    return {
      x: MARGIN + first * (COLUMN_WIDTH + COLUMN_GAP),
      y: MARGIN + HEADING + (top - (rows.get(name) ?? 0)) * (ROW_HEIGHT + ROW_GAP),
      width: (last - first + 1) * (COLUMN_WIDTH + COLUMN_GAP) - COLUMN_GAP,
      height: ROW_HEIGHT,
    };
  };
  const arrows = withoutDetours(graph).map(([from, to]) => drawArrow(boxOf(from), boxOf(to)));
  const boxes = [...graph.keys()].sort(byName).flatMap((name) => {
    const box = boxOf(name);
    const { says, style = '' } = folderNamed(name);
    return [
      rect(`box ${style}`.trimEnd(), box),
      text(`${name}/`, { x: box.x + 14, y: box.y + 24, className: 'name' }),
      text(says, { x: box.x + 14, y: box.y + 44 }),
    ];
  });
  const width = MARGIN * 2 + COLUMNS * (COLUMN_WIDTH + COLUMN_GAP) - COLUMN_GAP;
  const heading =
    'An arrow means “imports”. A folder imports only what lies below it; arrows that follow from others are left out.';
  return toSvg({
    width,
    height: MARGIN * 2 + HEADING + (top + 1) * (ROW_HEIGHT + ROW_GAP) - ROW_GAP,
    title: 'The folders of server/src in layers, with the packages client, console, locale and infra',
    description: describe(graph, rows),
    shapes: [text(heading, { x: MARGIN, y: MARGIN + 16, className: 'title' }), ...arrows, ...boxes],
  });
}

/** Straight down where the boxes share columns, else around the corner. */
function drawArrow(above: Box, below: Box): string {
  const left = Math.max(above.x, below.x);
  const right = Math.min(above.x + above.width, below.x + below.width);
  const [start, end] = left < right ? [(left + right) / 2, (left + right) / 2] : [middleOf(above), middleOf(below)];
  return path('arrow', `M${start} ${above.y + above.height}V${below.y - ROW_GAP / 2}H${end}V${below.y - 1}`);
}

function middleOf({ x, width }: Box): number {
  return x + width / 2;
}

function folderNamed(name: string): Folder {
  const folder = FOLDERS[name];
  if (!folder) throw new Error(`Add the folder ${name} to tools/pictures/layers.ts.`);
  return folder;
}

/** The length of the longest chain of imports below each folder; the client and the console are next to the client's importers. */
function rowsOf(graph: ReadonlyMap<string, ReadonlySet<string>>): Map<string, number> {
  const rows = new Map<string, number>();
  const rowOf = (name: string): number => {
    const known = rows.get(name) ?? Math.max(0, ...[...(graph.get(name) ?? [])].map((below) => rowOf(below) + 1));
    rows.set(name, known);
    return known;
  };
  for (const name of graph.keys()) rowOf(name);
  const importers = [...graph].filter(([name, imported]) => name !== 'console' && imported.has('client'));
  const lowest = Math.min(...importers.map(([name]) => rowOf(name)));
  return rows.set('console', lowest).set('client', lowest - 1);
}

/** @returns the imports that don't follow from others: of A → B → C and A → C, the last one is left out */
function withoutDetours(graph: ReadonlyMap<string, ReadonlySet<string>>): [from: string, to: string][] {
  const below = (name: string): Set<string> => {
    const found = new Set(graph.get(name));
    for (const each of found) for (const next of graph.get(each) ?? []) found.add(next);
    return found;
  };
  return [...graph].flatMap(([from, imported]) => {
    const indirect = new Set([...imported].flatMap((each) => [...below(each)]));
    return [...imported]
      .filter((to) => !indirect.has(to))
      .sort(byName)
      .map((to): [string, string] => [from, to]);
  });
}

function describe(graph: ReadonlyMap<string, ReadonlySet<string>>, rows: ReadonlyMap<string, number>): string {
  const names = [...graph.keys()].sort((a, b) => (rows.get(b) ?? 0) - (rows.get(a) ?? 0) || byName(a, b));
  return `From top to bottom: ${names.map((name) => `${name}, ${folderNamed(name).says}`).join('; ')}.`;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
