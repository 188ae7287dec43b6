import { describe, expect, it } from 'vitest';
import type { ContenderName, HttpRun } from '../peers/results.ts';
import { peersSection, verdict } from './peers-report.ts';

const run = (contender: ContenderName, round: number, figures: Partial<HttpRun> = {}): HttpRun => ({
  contender,
  round,
  clients: 1,
  adds: 100,
  addsPerSecond: 100,
  p50Ms: 5,
  p99Ms: 10,
  cpuMs: 1,
  bytes: 1000,
  generatorCpuMs: 0.1,
  isComplete: true,
  ...figures,
});

describe('verdict', () => {
  it('names each figure in which ours is worse, by the median of the ratios within a round', () => {
    const rates = [
      [50, 100],
      [40, 50],
      [900, 1000],
    ];
    const runs = rates.flatMap(([ours, other], round) => [
      run('ours', round, { addsPerSecond: ours ?? 0 }),
      run('plain-sql', round, { addsPerSecond: other ?? 0 }),
    ]);
    expect(verdict(runs)).toBe(
      'Ours is worse in:\n\n- 1 client, adds a second: 0.80 times that of Fastify + PostgreSQL, plain SQL',
    );
  });

  it('counts less time and fewer bytes as better', () => {
    const better = { cpuMs: 0.5, bytes: 500, p99Ms: 5 };
    expect(verdict([run('ours', 1, better), run('plain-sql', 1)])).toBe('Ours is better in each of these figures.');
    expect(verdict([run('ours', 1), run('plain-sql', 1, better)]).match(/: 2\.00 times/g)).toHaveLength(3);
  });
});

describe('peersSection', () => {
  const measured = {
    machine: '2 cores',
    node: '24',
    rounds: 1,
    seconds: 1,
    postgres: { server_version: '15', fsync: 'on' },
    connections: 10,
    versions: ['pg 8'],
    deferred: [],
  };
  const runs = [run('ours', 1, { cpuMs: 0.5, isComplete: false }), run('plain-sql', 1)];

  it('shows ratios to plain SQL, and marks costs that are not complete', () => {
    const section = peersSection({ hot: { ...measured, loadBefore: 0, runs } });
    expect(section).toContain('| 0.50 ms (0.50) * |');
    expect(section).toContain('| 1.00 ms |');
    expect(section).not.toContain('kept the machine busy');
  });

  it('says so if other programs kept the machine busy', () => {
    expect(peersSection({ hot: { ...measured, loadBefore: 12, runs } })).toContain('its load was 12 before the start');
  });

  it('says so if nothing was measured', () => {
    expect(peersSection({})).toBe('Not measured yet.');
  });
});
