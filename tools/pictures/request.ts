import { type Imports, reachableFrom } from './imports.ts';
import { path, rect, text, toSvg } from './svg.ts';

const LANES = [
  { name: 'client', x: 70 },
  { name: 'api/http', x: 260 },
  { name: 'execution', x: 520 },
  { name: 'usecases, domain', x: 800 },
  { name: 'storage', x: 1010 },
] as const;
const [CLIENT, HTTP, EXECUTION, DECISION, STORAGE] = [0, 1, 2, 3, 4] as const;
const WIDTH = 1108;
const TOP = 76;
const STEP = 40;
const FILE_HEIGHT = 34;
const SOURCES = 'server/src/';

type Lane = 0 | 1 | 2 | 3 | 4;

interface Call {
  readonly from: Lane;
  readonly to: Lane;
  readonly says: string;
}

interface Work {
  readonly lane: Lane;
  /** From server/src. Each has to be there, and to be reached by imports from the first one. */
  readonly file: string;
  readonly says: string;
  /** Statuses with which a request may end here. */
  readonly errors?: string;
}

const FIRST_FILE = 'api/http/http-app.ts';

const STEPS: readonly (Call | Work)[] = [
  { from: CLIENT, to: HTTP, says: 'POST …/lenders' },
  { lane: HTTP, file: FIRST_FILE, says: 'request id, route' },
  { lane: HTTP, file: 'api/http/route-handler.ts', says: 'to a use case request' },
  { from: HTTP, to: EXECUTION, says: 'execute(addLenders)' },
  { lane: EXECUTION, file: 'execution/execute.ts', says: 'reads the body, bounded', errors: '413 415' },
  { lane: EXECUTION, file: 'execution/authenticate.ts', says: 'token, rate, verified address', errors: '401 429 403' },
  { lane: EXECUTION, file: 'execution/validate-input.ts', says: 'all invalid fields at once', errors: '400' },
  { lane: EXECUTION, file: 'execution/run-command.ts', says: 'locks its partitions; replays a key', errors: '503 422' },
  { from: EXECUTION, to: DECISION, says: 'viewKeys()' },
  { lane: EXECUTION, file: 'execution/optimistic-commit.ts', says: 'reads, decides, commits; retries', errors: '503' },
  { from: EXECUTION, to: STORAGE, says: 'call 1: get(keys); none if cached' },
  { from: EXECUTION, to: DECISION, says: 'authorize(), plan()' },
  { lane: DECISION, file: 'usecases/lenders/add-lenders.ts', says: 'plan and response', errors: '404 403 429' },
  { lane: DECISION, file: 'domain/invitation.ts', says: 'the rules', errors: '409 400' },
  { lane: EXECUTION, file: 'execution/commit-writes.ts', says: 'writes, each with its version' },
  { from: EXECUTION, to: STORAGE, says: 'call 2: commit(writes), all or nothing' },
  { from: STORAGE, to: EXECUTION, says: 'version conflict: decide again on what it returned' },
  { from: EXECUTION, to: HTTP, says: 'the response' },
  { from: HTTP, to: CLIENT, says: '200 OK' },
];

/** Draws what happens to one request, top to bottom. @throws Error where a file is not there or no longer takes part */
export function drawRequest(imports: Imports): string {
  const reached = reachableFrom(SOURCES + FIRST_FILE, imports);
  const shapes: string[] = [];
  let y = TOP;
  for (const step of STEPS) {
    if ('file' in step && !(imports.has(SOURCES + step.file) && reached.has(SOURCES + step.file)))
      throw new Error(`${step.file} takes no part in a request: change tools/pictures/request.ts and docs/architecture.md.`);
    shapes.push(...('file' in step ? drawWork(step, y) : drawCall(step, y)));
    y += 'file' in step ? STEP + 6 : STEP;
  }
  const lanes = LANES.flatMap(({ name, x }) => [
    text(name, { x, y: 40, className: 'name', anchor: 'middle' }),
    path('line', `M${x} 52V${y - 8}`),
  ]);
  return toSvg({
    width: WIDTH,
    height: y + 16,
    title: 'One request: adding lenders to a loan',
    description: STEPS.map((step) => ('file' in step ? `${step.file}: ${step.says}` : step.says)).join('; '),
    shapes: [...lanes, ...shapes],
  });
}

function drawCall({ from, to, says }: Call, y: number): string[] {
  const [start, end] = [LANES[from].x, LANES[to].x];
  const direction = Math.sign(end - start);
  const label = { x: start + direction * 12, y: y + 12, anchor: direction > 0 ? 'start' : 'end' } as const;
  return [path('call', `M${start} ${y + 18}H${end - direction * 2}`), text(says, label)];
}

function drawWork({ lane, file, says, errors }: Work, y: number): string[] {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const width = lane === HTTP ? 190 : 250;
  const { x: middle } = LANES[lane];
  const x = middle - width / 2;
  return [
    rect(lane === DECISION || lane === EXECUTION ? 'box core' : 'box', { x, y, width, height: FILE_HEIGHT + 4 }),
    text(name, { x: x + 10, y: y + 16, className: 'file' }),
    text(says, { x: x + 10, y: y + 32 }),
    ...(errors ? [text(errors, { x: x + width - 8, y: y + 16, className: 'error', anchor: 'end' })] : []),
  ];
}
