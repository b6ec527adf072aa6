import path from 'node:path';
import type { Finding } from '../core/diagnose/finding';
import { diagnose } from '../engine/diagnose';
import type { Printed, Session } from './command';
import { modelPath } from './options';

export interface DiagnoseOptions {
  readonly model?: string;
  readonly image?: string;
}

const { signal } = new AbortController();

/** Says what is wrong, or worth knowing, with the weights of a model. */
export async function describeFindings(
  { model: named, image }: DiagnoseOptions,
  { service }: Session,
): Promise<Printed> {
  const model = modelPath(named);
  return service.models.use(model, async (open) => {
    const subject = image === undefined ? null : { model, image: path.resolve(image) };
    const recorded = subject && (await service.recordings.of(subject, { signal }));
    const findings = await diagnose(open, recorded, signal);
    return { json: { model, findings }, text: asText(findings), warnings: open.summary.warnings };
  });
}

function asText(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing to report.\n';
  return findings.map(({ severity, message, why }) => `${severity}: ${message}\n    ${why}\n`).join('');
}
