import { sendRequest } from './raw-http.ts';
import type { TestApp } from './test-app.ts';

/** What is told to whoever reads the metrics on the machine itself. */
export async function metricsOf(testApp: Pick<TestApp, 'app'>): Promise<string> {
  return (await sendRequest(testApp, '/metrics', { from: '127.0.0.1' })).text;
}

/** The values of a metric, by their labels as they are written. */
export async function valuesOf(name: string, testApp: Pick<TestApp, 'app'>): Promise<Record<string, number>> {
  const lines = [...(await metricsOf(testApp)).matchAll(/^(\w+)\{([^}]*)\} (\S+)$/gm)];
  return Object.fromEntries(lines.filter(([, found]) => found === name).map(([, , labels = '', value]) => [labels, Number(value)]));
}
