import type { Peer } from '../../src/protocol/contract';
import type { TopHostContract } from '../../src/protocol/dataSetContract';
import { csv } from '../../src/core/report/csv';
import { experimentReport, type Fact } from '../../src/core/report/experimentReport';
import type { TopMap } from '../../src/protocol/topActivations';
import { stacked } from '../shared/chart';
import type { Exports } from '../shared/exportBar';
import { baseName } from '../shared/baseName';
import { preprocessingText } from '../shared/modelFacts';
import { sheetOf, type Captioned } from '../shared/sheet';
import { mapFigure } from './figure';
import type { MapLoader } from './mapData';
import { strings } from './strings';
import type { TopModel } from './topModel';

export interface ExportParts {
  readonly host: Peer<TopHostContract>;
  readonly model: TopModel;
  readonly loader: MapLoader;
  /** The maps that are shown, also those out of view. */
  readonly maps: () => readonly number[];
  readonly folder: () => string;
}

/** Maps in one row of the picture, and in one request. */
const ROW = 4;
const MOST = 4096;

export function createExports({ host, model, loader, maps, folder }: ExportParts): Exports {
  const layer = () => model.layer()?.label ?? '';
  const figures = (): Captioned[] =>
    maps().flatMap((map) => {
      const data = loader.get(map);
      const canvas = data && mapFigure(data);
      return canvas ? [{ caption: `${layer()} ${strings.map(map)}`, canvas }] : [];
    });
  const rows = async () => (await found(host, layer(), maps())).flatMap((map) => rowsOf(layer(), map));
  return {
    name: () => `top-activations-${layer()}`,
    png: () => {
      const all = figures();
      const lines = Array.from({ length: Math.ceil(all.length / ROW) }, (_, i) => all.slice(i * ROW, (i + 1) * ROW)); // prettier-ignore
      return stacked(lines.map((line) => sheetOf(line)));
    },
    csv: async () => csv([head, ...(await rows())]),
    json: async () => {
      const { model: summary, index, settings } = model.get();
      return {
        model: summary?.path,
        modelHash: summary?.hash,
        runtime: summary?.runtime,
        preprocessing: summary?.preprocessing,
        folder: folder(),
        images: index?.images,
        settings: { ...settings, layer: layer() },
        maps: (await found(host, layer(), maps())).map((map) => ({ ...map, histogram: [...map.histogram] })),
      };
    },
    html: async () =>
      experimentReport({
        title: strings.report.title(model.get().model?.name ?? '', baseName(folder())),
        facts: factsOf(model, folder()),
        summary: [strings.hint],
        pictures: figures().map(({ caption, canvas }) => ({ caption, source: canvas.toDataURL() })),
        tables: [{ caption: strings.report.table, head, rows: await rows() }],
      }),
  };
}

const head = ['layer', 'map', 'place', 'activation', 'image', 'row', 'column'];

function rowsOf(layer: string, { map, places }: TopMap): (string | number)[][] {
  return places.map(({ value, image, position: [y, x] }, place) => [layer, map, place, value, image, y, x]);
}

/** What the index says of maps, however many. */
async function found(
  host: Peer<TopHostContract>,
  layer: string,
  maps: readonly number[],
): Promise<readonly TopMap[]> {
  const all: TopMap[] = [];
  for (let from = 0; from < maps.length; from += MOST) {
    const outcome = await host.call('topMaps', { layer, maps: maps.slice(from, from + MOST) });
    if (outcome.ok) all.push(...outcome.value);
  }
  return all;
}

function factsOf(model: TopModel, folder: string): Fact[] {
  const { model: summary, index, settings } = model.get();
  const { report } = strings;
  return [
    ['Model', summary?.name ?? ''],
    ['SHA-256 of the model', summary?.hash ?? ''],
    ['Runtime', summary?.runtime ?? ''],
    ['Preprocessing', summary ? preprocessingText(summary.preprocessing) : ''],
    [report.folder, folder],
    [report.images, String(index?.images ?? 0)],
    [report.layer, model.layer()?.label ?? ''],
    ...(settings.shown === 'subset' ? [[report.seed, String(settings.seed)] as const] : []),
  ];
}
