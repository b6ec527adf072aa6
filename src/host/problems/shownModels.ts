import { inactiveMaps } from '../../core/diagnose/diagnose';
import type { Finding } from '../../core/diagnose/finding';
import type { ModelSummary } from '../../protocol/model';
import type { PanelObserver } from '../panel';

/** A model that a panel shows. */
export interface ShownModel {
  readonly summary: ModelSummary;
  /** What its activations say, over all current images that ran. */
  readonly findings: readonly Finding[];
}

/** Follows the panels: the models that they show, and the strongest activations on the images that they show now. */
export interface ShownModels extends Omit<PanelObserver, 'projected'> {
  readonly all: () => readonly ShownModel[];
}

type Maxima = ReadonlyMap<string, Float32Array>;

interface Shown {
  images: readonly string[];
  summary: ModelSummary | undefined;
  /** Of each image, by the label of the layer. */
  readonly maxima: Map<string, Maxima>;
}

export function shownModels(changed: () => void): ShownModels {
  const models = new Map<string, Shown>();
  const shownOf = (model: string): Shown => {
    const shown = models.get(model) ?? { images: [], summary: undefined, maxima: new Map() };
    models.set(model, shown);
    return shown;
  };
  return {
    shown: ({ model, images }) => {
      const shown = shownOf(model);
      shown.images = images;
      for (const image of shown.maxima.keys()) if (!images.includes(image)) shown.maxima.delete(image);
      changed();
    },
    recorded: ({ model, image }, { model: summary, layers }) => {
      const shown = shownOf(model);
      if (shown.summary?.hash !== summary.hash) shown.maxima.clear();
      shown.summary = summary;
      shown.maxima.set(image, new Map(layers.map(({ label, maxima }) => [label, maxima])));
      changed();
    },
    closed: (model) => {
      models.delete(model);
      changed();
    },
    all: () =>
      [...models.values()].flatMap(({ summary, maxima }) =>
        summary ? [{ summary, findings: findingsOf(summary, [...maxima.values()]) }] : [],
      ),
  };
}

function findingsOf({ layers }: ModelSummary, images: readonly Maxima[]): Finding[] {
  const activities = layers.flatMap(({ label, op, shape }) => {
    const [first, ...others] = images.flatMap((maxima) => maxima.get(label) ?? []);
    if (first === undefined) return [];
    const maxima = first.map((value, map) => Math.max(value, ...others.map((other) => other[map]!)));
    return [{ label, op, shape, maxima }];
  });
  return inactiveMaps(activities, images.length);
}
