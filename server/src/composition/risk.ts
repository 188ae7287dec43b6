import type { Config } from '../config/config.ts';
import type { EventHandler } from '../outbox/dispatcher.ts';
import { builtInModel, type ModelSource, modelInFile } from '../risk/assessment/model-file.ts';
import { riskHandler } from '../risk/assessment/risk-handler.ts';
import { nameSignals } from '../risk/names/name-signals.ts';
import { keyedHash } from '../storage/keyed-hash.ts';
import type { Log } from '../telemetry/log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { logRiskAssessments } from '../telemetry/risk-log.ts';
import type { Core } from './core.ts';

/** The handler that scores invitations; none with RISK=off. */
export function openRisk(
  risk: Config['risk'] | undefined,
  { services, storeSecrets }: Pick<Core, 'services' | 'storeSecrets'>,
  log: Log,
  metrics: Metrics,
): EventHandler[] {
  if (!risk || risk.mode === 'off') return [];
  const { mode, threshold, onFailure } = risk;
  const model = modelSource(risk, services.clock, log);
  const senderId = keyedHash(storeSecrets.deriveKey('senders of mailboxes'));
  return [riskHandler({ ...services, mode, threshold, onFailure, model, senderId, onAssessed: logRiskAssessments(log, metrics) })];
}

function modelSource({ modelFile }: Config['risk'], clock: () => number, log: Log): ModelSource {
  if (!modelFile) return builtInModel();
  const onError = (err: unknown) => log.warn({ err }, 'the risk model can not be read again; the last one stays in use');
  return modelInFile(modelFile.path, modelFile.model, clock, onError);
}

/** Whether mails show a borrower's name. "Support" alone may be a surname, or part of one: the templates judge by words. */
export function isNameShown(name: string): boolean {
  return nameSignals(name).every((signal) => signal === 'authority');
}
