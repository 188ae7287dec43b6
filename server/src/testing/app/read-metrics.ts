import { ask } from './raw-http.ts';
import type { Lab } from './test-app.ts';

/** What is told to whoever reads the metrics on the machine itself. */
export async function metricsOf(lab: Pick<Lab, 'app'>): Promise<string> {
  return (await ask(lab, '/metrics', { from: '127.0.0.1' })).text;
}

/** The values of a metric, by their labels as they are written. */
export async function valuesOf(name: string, lab: Pick<Lab, 'app'>): Promise<Record<string, number>> {
  const lines = [...(await metricsOf(lab)).matchAll(/^(\w+)\{([^}]*)\} (\S+)$/gm)];
  return Object.fromEntries(lines.filter(([, found]) => found === name).map(([, , labels = '', value]) => [labels, Number(value)]));
}
