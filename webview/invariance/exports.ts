import {
  invarianceChart,
  invarianceQuantities,
  invarianceRows,
  type ImageCurve,
} from '../../src/core/experiments/invarianceResult';
import { csv } from '../../src/core/report/csv';
import { experimentReport, type Fact } from '../../src/core/report/experimentReport';
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
    .map((asked) => ({ settings: asked, curves: curvesOf(subject, asked, measurements) }))
    .filter(({ curves }) => curves.length > 0);
}

function chartsOf(curves: readonly ImageCurve[], { kind, ranges, scale }: InvarianceSettings) {
  const { from, to } = ranges[kind];
  return invarianceQuantities(curves).map((quantity) =>
    invarianceChart(curves, quantity, { scale, range: [from, to] }),
  );
}

async function pictures(state: InvarianceState) {
  const charts = measuredKinds(state).flatMap(({ curves, settings }) => chartsOf(curves, settings));
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
      return experimentReport({
        title: strings.report.title(state.recording.model.name),
        facts: factsOf(state),
        summary: [],
        pictures: (await pictures(state)).map(({ caption, canvas }) => ({ caption, source: canvas.toDataURL() })), // prettier-ignore
        tables: [],
      });
    },
  };
}

function factsOf(state: InvarianceState): Fact[] {
  const { report } = strings;
  const measured = measuredKinds(state);
  const names = [...new Set(measured.flatMap(({ curves }) => curves.map(({ image }) => image)))];
  return [
    ...modelFacts(state.recording).filter(([name]) => name !== 'Picture'),
    [report.pictures, names.join(', ')],
    [report.fill, report.fillValue],
    [report.resampling, report.resamplingValue],
    ...measured.map(({ settings: { kind, ranges } }): Fact => {
      const { from, to, steps } = ranges[kind];
      return [report.range(strings.kinds[kind]), report.rangeValue(from, to, steps)];
    }),
  ];
}
