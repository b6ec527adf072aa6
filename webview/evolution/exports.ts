import { csv } from '../../src/core/report/csv';
import { experimentReport, type Fact } from '../../src/core/report/experimentReport';
import type { DataSetSubject } from '../../src/protocol/dataSetContract';
import type { EvolutionLayer, EvolutionPlan } from '../../src/protocol/evolution';
import { toCanvas } from '../shared/canvas';
import { chartCanvas, stacked } from '../shared/chart';
import type { Exports } from '../shared/exportBar';
import { baseName } from '../shared/baseName';
import { whiteCanvas } from '../shared/whiteCanvas';
import { cellPicture, hasChanged, rowBox, rowOf } from './cells';
import { convergenceChart } from './curvesView';
import { checkpointName, type EvolutionState } from './evolutionModel';
import { strings } from './strings';

/** What is saved once all is compared. */
type Compared = EvolutionState & {
  readonly plan: EvolutionPlan;
  readonly curves: NonNullable<EvolutionState['curves']>;
};

const GAP = 2;
const CAPTION = 18;
/** Small receptive fields are enlarged to about this many pixels. */
const LEAST = 48;
const CHANGED = 'rgb(255 190 0)';

export function createExports(get: () => EvolutionState, subject: () => DataSetSubject | null): Exports {
  const compared = () => get() as Compared;
  const charts = () =>
    Promise.all((['filters', 'projections'] as const).map((quantity) => chartCanvas(convergenceChart(compared(), quantity)))); // prettier-ignore
  const sheets = () => compared().plan.layers.map((layer) => layerSheet(compared(), layer));
  const title = () => strings.report.title(baseName(subject()?.model ?? ''));
  return {
    name: () => 'evolution',
    png: async () => stacked([...sheets(), ...(await charts())]),
    csv: () => csv([head, ...rowsOf(compared())]),
    json: () => {
      const { plan, settings, curves, cells, problems } = compared();
      return {
        ...subject(),
        model: plan.model,
        modelHash: plan.modelHash,
        settings,
        checkpoints: plan.checkpoints.map(({ name, epoch }) => ({ file: name, epoch })),
        convergence: curves,
        problems,
        units: cells.map(({ unit, ...cell }) => ({
          ...cell,
          position: unit?.position ?? null,
          activation: unit?.activation ?? 0,
        })),
      };
    },
    html: async () => {
      const state = compared();
      const pictures = [
        ...state.plan.layers.map((layer) => ({ caption: layer.label, canvas: layerSheet(state, layer) })),
        ...(await charts()).map((canvas, i) => ({ caption: strings.curves[i === 0 ? 'filters' : 'projections'], canvas })), // prettier-ignore
      ];
      return experimentReport({
        title: title(),
        facts: factsOf(state, subject()),
        summary: [strings.hint],
        pictures: pictures.map(({ caption, canvas }) => ({ caption, source: canvas.toDataURL() })),
        tables: [{ caption: strings.report.table, head, rows: rowsOf(state) }],
      });
    },
  };
}

const head = ['layer', 'checkpoint', 'filters', 'projections'];

function rowsOf({ plan, curves }: Compared): (string | number)[][] {
  return curves.flatMap(({ label, filters, projections }) =>
    plan.checkpoints.map((checkpoint, i) => [
      label,
      checkpointName(checkpoint),
      filters[i]!,
      projections[i]!,
    ]),
  );
}

/** A layer in the layout of figure 4, dark on white whatever the theme. */
function layerSheet({ plan, cells, settings }: Compared, { label, maps }: EvolutionLayer): HTMLCanvasElement {
  const rows = maps.map((map) => rowOf(cells, plan, label, map));
  const boxes = rows.flatMap((row) => rowBox(row, plan) ?? []);
  const [box = { height: 1, width: 1 }] = boxes;
  const zoom = Math.max(1, Math.round(LEAST / Math.max(box.height, box.width)));
  const step = { x: box.width * zoom + GAP, y: box.height * zoom + GAP };
  const { canvas, context } = whiteCanvas(
    plan.checkpoints.length * step.x + GAP,
    rows.length * step.y + GAP + CAPTION,
  );
  if (!context) return canvas;
  context.imageSmoothingEnabled = false;
  context.font = '12px sans-serif';
  context.fillText(label, GAP, CAPTION - 5);
  rows.forEach((row, y) =>
    row.forEach((_, x) => {
      const picture = cellPicture(row, x, plan, settings.contrast);
      if (!picture) return;
      const place = [
        GAP + x * step.x,
        CAPTION + GAP + y * step.y,
        box.width * zoom,
        box.height * zoom,
      ] as const;
      context.drawImage(toCanvas(picture), ...place);
      if (!hasChanged(row, x)) return;
      context.strokeStyle = CHANGED;
      context.strokeRect(place[0] - 0.5, place[1] - 0.5, place[2] + 1, place[3] + 1);
    }),
  );
  return canvas;
}

function factsOf({ plan, settings, problems }: Compared, subject: DataSetSubject | null): Fact[] {
  const { report } = strings;
  return [
    [report.models, `${subject?.model ?? ''}: ${plan.checkpoints.map(({ name }) => name).join(', ')}`],
    [report.last, plan.model],
    [report.hash, plan.modelHash],
    [report.pictures, `${subject?.pictures ?? ''} (${plan.images})`],
    [report.maps, String(settings.maps)],
    [report.seed, String(settings.seed)],
    [report.contrast, strings.settings.contrasts[settings.contrast]],
    ...(problems.length === 0
      ? []
      : [[report.problems, problems.map(({ problem }) => problem).join(' ')] as const]),
  ];
}
