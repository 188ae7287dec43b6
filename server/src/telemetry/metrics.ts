import type { RequestEnded } from '../usecases/telemetry.ts';

/** How requests are counted. Each entry of the program has its own way. */
export interface Metrics {
  /** @returns what the request's line in the log bears besides its own members */
  requestEnded(request: RequestEnded): object;
  /** What `/metrics` answers; undefined where the counts are not kept in the program. */
  readonly page: MetricsPage | undefined;
}

export interface MetricsPage {
  readonly contentType: string;
  text(): Promise<string>;
}
