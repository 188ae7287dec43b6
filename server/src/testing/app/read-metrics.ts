import type { TestApp } from './test-app.ts';

/** The metrics page, as this machine may read it. */
export async function metricsOf(testApp: Pick<TestApp, 'send'>): Promise<string> {
  return (await testApp.send('GET', '/metrics', { from: '127.0.0.1' })).text;
}

/** The values of a metric, by its labels in Prometheus' notation. */
export async function valuesOf(name: string, testApp: Pick<TestApp, 'send'>): Promise<Record<string, number>> {
  const lines = [...(await metricsOf(testApp)).matchAll(/^(\w+)\{([^}]*)\} (\S+)$/gm)];
  return Object.fromEntries(
    lines.filter(([, metric]) => metric === name).map(([, , labels = '', value]) => [labels, Number(value)]),
  );
}
