import { setImmediate } from 'node:timers/promises';
import { diagnoseModel, inactiveMaps } from '../core/diagnose/diagnose';
import type { Finding } from '../core/diagnose/finding';
import type { OpenModel } from './openModel';
import type { Recorded } from './recorded';

/** Everything that is found about a model, and about its activations on one image where there is one. */
export async function diagnose(
  { network, summary }: OpenModel,
  recorded: Recorded | null,
  signal: AbortSignal,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const found of diagnoseModel(network, summary.preprocessing)) {
    findings.push(...found);
    // Lets a cancellation in that waits behind the work.
    await setImmediate();
    signal.throwIfAborted();
  }
  if (!recorded) return findings;
  const activities = recorded.layers.map(({ maxima }, i) => ({ ...network.layers[i]!, maxima }));
  return [...findings, ...inactiveMaps(activities, 1)];
}
