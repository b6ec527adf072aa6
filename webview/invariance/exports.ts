import {
  invarianceChart,
  invarianceQuantities,
  invarianceRows,
  type DistanceScale,
} from '../../src/core/experiments/invarianceResult';
import {
  invarianceFacts,
  invarianceTable,
  steepnessSentences,
  type MeasuredKind,
} from '../../src/core/experiments/invarianceReport';
import { csv } from '../../src/core/report/csv';
import { experimentReport } from '../../src/core/report/experimentReport';
import { chartCanvas, stacked } from '../shared/chart';
import type { Exports } from '../shared/exportBar';
import { modelFacts } from '../shared/modelFacts';
import type { InvarianceState } from './invarianceModel';
import { curvesOf, FILL } from './measurement';
import { kinds, type InvarianceSettings } from './settings';
import { strings } from './strings';

/** What is measured under every kind of transformation. */
function measuredKinds({ subject, settings, measurements }: InvarianceState) {
  return kinds
    .map((kind): InvarianceSettings => ({ ...settings, kind }))
    .map((asked) => ({
      kind: asked.kind,
      range: asked.ranges[asked.kind],
      curves: curvesOf(subject, asked, measurements),
    })) // prettier-ignore
    .filter(({ curves }) => curves.length > 0);
}

function chartsOf({ curves, range: { from, to } }: MeasuredKind, scale: DistanceScale) {
  return invarianceQuantities(curves).map((quantity) =>
    invarianceChart(curves, quantity, { scale, range: [from, to] }),
  );
}

async function pictures(state: InvarianceState) {
  const charts = measuredKinds(state).flatMap((measured) => chartsOf(measured, state.settings.scale));
  return Promise.all(
    charts.map(async ({ title, options }) => ({ caption: title, canvas: await chartCanvas(options) })),
  );
}

export function createExports(current: () => InvarianceState): Exports {
  const rows = () => invarianceRows(measuredKinds(current()).flatMap(({ curves }) => curves));
  return {
    name: () => 'invariance',
    png: async () => stacked((await pictures(current())).map(({ canvas }) => canvas)),
    csv: () => csv(rows()),
    json: () => {
      const state = current();
      const { model } = state.recording;
      return {
        model: model.path,
        modelHash: model.hash,
        runtime: model.runtime,
        preprocessing: model.preprocessing,
        fill: FILL,
        settings: state.settings,
        curves: measuredKinds(state).flatMap(({ curves }) => curves.map(({ plan, ...curve }) => ({ ...curve, label: plan.label }))), // prettier-ignore
      };
    },
    html: async () => {
      const state = current();
      const measured = measuredKinds(state);
      return experimentReport({
        title: strings.report.title(state.recording.model.name),
        facts: [
          ...modelFacts(state.recording).filter(([name]) => name !== 'Picture'),
          ...invarianceFacts(measured, { fill: FILL, scale: state.settings.scale }),
        ],
        summary: steepnessSentences(measured),
        pictures: (await pictures(state)).map(({ caption, canvas }) => ({ caption, source: canvas.toDataURL() })), // prettier-ignore
        tables: [invarianceTable(measured)],
      });
    },
  };
}
