// All that must hold before a change lands, quick things first. CI runs this too. The closing line counts tests, and each
// other step as one.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'lending-check-'));
const report = join(folder, 'tests.json');

const steps = [
  ['lint'],
  ['typecheck'],
  ['test', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ['build'],
  ['bench', 'gates'],
];

const count = { passed: 0, failed: 0, skipped: 0 };
for (const step of steps) {
  process.stdout.write(`\n== ${step[0]}\n`);
  const { status } = spawnSync(process.execPath, [join(root, 'tools', 'launch.mjs'), ...step], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.stdout.write(`== ${step[0]} failed\n`);
  if (step[0] === 'test') countTests(status === 0);
  else count[status === 0 ? 'passed' : 'failed'] += 1;
}
rmSync(folder, { recursive: true, force: true });

process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
if (count.failed > 0) process.exitCode = 1;

/** A run that fails without a failed test, or passes without a test, counts as one failure. */
function countTests(succeeded) {
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0 } = readReport();
  count.passed += numPassedTests;
  count.failed += succeeded && numPassedTests > 0 ? 0 : Math.max(1, numFailedTests);
  count.skipped += numPendingTests;
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return {}; // the run ended before it could write one
  }
}
