const PARTS = ['natural', 'hot', 'dynamodb'] as const;
export type Part = (typeof PARTS)[number];

/** How long it takes, at the cost of how exact it is. */
export interface Effort {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Adds whose mails are waited for. */
  readonly addsWithMail: number;
  /** Requests of each form at DynamoDB Local. */
  readonly requests: number;
}

export interface Options {
  readonly parts: readonly Part[];
  readonly effort: Effort;
  /** A quick run leaves Drizzle out, prints its figures, and leaves the stored ones as they are. */
  readonly isQuick: boolean;
  /** Only writes the document again, from the stored figures. */
  readonly drawsOnly: boolean;
}

const FULL: Effort = { rounds: 3, seconds: 6, warmUpSeconds: 3, addsWithMail: 300, requests: 25 };
const QUICK: Effort = { rounds: 1, seconds: 2, warmUpSeconds: 2, addsWithMail: 50, requests: 5 };

const USAGE = `npm run bench -- peers [--quick] [--only ${PARTS.join('|')}] [--draw]`;

/** @throws Error with the usage */
export function parseOptions(args: readonly string[]): Options {
  const parts = new Set<Part>();
  let [isQuick, drawsOnly] = [false, false];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index];
    if (arg === '--quick') isQuick = true;
    else if (arg === '--draw') drawsOnly = true;
    else if (arg === '--only') {
      index += 1;
      const part = PARTS.find((name) => name === args[index]);
      if (!part) throw new Error(`Usage: ${USAGE}`);
      parts.add(part);
    } else throw new Error(`Usage: ${USAGE}`);
  }
  return { parts: parts.size > 0 ? [...parts] : PARTS, effort: isQuick ? QUICK : FULL, isQuick, drawsOnly };
}
