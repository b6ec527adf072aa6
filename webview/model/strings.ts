import type { FilterReport, ModelSummary } from '../../src/protocol/model';
import { number } from '../../src/core/report/numbers';

/** Every word of the view of a model file, in one place, so that a translation is one file. */
export const strings = {
  reading: 'Reading the model…',
  measuring: 'Reading the filters…',
  visualize: 'Visualize an image…',
  about: {
    input: 'Input',
    layers: 'Layers',
    parameters: 'Parameters',
    runtime: 'Runtime',
    preprocessing: 'Preprocessing',
    source: 'Source',
    hash: 'SHA-256',
    path: 'File',
    metadata: 'Metadata',
    origin: { declared: 'declared', guessed: 'guessed' } satisfies Record<
      ModelSummary['preprocessingOrigin'],
      string
    >,
    warnings: (count: number) => (count === 1 ? '1 warning' : `${count} warnings`),
  },
  layers: {
    label: 'Layers of the model',
    parameters: (count: number) => (count === 1 ? '1 parameter' : `${count.toLocaleString('en')} parameters`),
    none: 'The model has no layer with weights.',
  },
  filters: {
    heading: (layer: string) => `Filters of ${layer}`,
    sheet: (layer: string, filter: number) =>
      `Filters of ${layer}, filter ${filter} is selected; the arrow keys select another`,
    kinds: {
      colour: 'In the colours of the picture, zero is mid-grey.',
      grey: 'Zero is mid-grey.',
      norm: 'Norm of the weights over the maps that go in, from zero.',
    } satisfies Record<NonNullable<FilterReport['sheet']>['kind'], string>,
    noSheet: 'These filters see a vector of features, which have no places in a picture.',
    partly: (shown: number, all: number) => `The first ${shown} of ${all} filters are shown.`,
    scale: 'Contrast',
    scales: { sheet: 'One contrast for all', filter: 'Each its own contrast' },
    save: 'Save as PNG…',
    count: 'filters',
    size: 'size',
    stride: 'stride',
    groups: 'groups',
    median: 'median RMS',
    folded: 'folded in',
    unit: (filter: number, rms: number) => `Filter ${filter} · RMS ${number(rms)}`,
    facts: { dead: 'dead', dominating: 'dominating', duplicate: 'a duplicate' },
    dead: 'Dead',
    dominating: 'Dominating',
    duplicates: 'Duplicates',
    none: 'none',
    notCompared: 'not compared',
    more: (count: number) => `and ${count} more`,
    select: (filter: number) => `Select filter ${filter}`,
    table: 'RMS of each filter',
    tableColumns: ['Filter', 'RMS', 'Remark'],
  },
};
