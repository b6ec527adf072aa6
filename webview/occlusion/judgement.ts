import { UserError } from '../../src/core/errors';
import { manyWindows, sweepGrid } from '../../src/core/experiments/occlusion/windows';
import type { RecordingSummary } from '../../src/protocol/model';
import { duration } from '../../src/core/report/numbers';
import type { SweepSettings } from './settings';
import { strings } from './strings';

export interface Judgement {
  readonly verdict: 'fine' | 'large' | 'refused';
  /** The sentence to show; empty where all is fine. */
  readonly notice: string;
}

/** Whether a sweep can be meant, and how long it would take at the pace of one forward pass. */
export function judge(settings: SweepSettings, { input, forwardMs }: RecordingSummary): Judgement {
  try {
    const { rows, columns } = sweepGrid(input, settings);
    const windows = rows * columns;
    if (windows <= manyWindows) return { verdict: 'fine', notice: '' };
    const time = duration((windows * forwardMs) / 1000);
    return { verdict: 'large', notice: strings.settings.large(windows.toLocaleString('en'), time) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { verdict: 'refused', notice: `${error.message} ${error.hint}` };
  }
}
