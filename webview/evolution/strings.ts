import { number } from '../../src/core/report/numbers';

/** Words of the panel that compares checkpoints. */
export const strings = {
  title: 'Evolution of features',
  facts: (models: string, pictures: string) => `Checkpoints in ${models} over ${pictures}`,
  hint: 'Feature maps drawn at random, one a row; epochs from left to right. Each picture is the projection of the strongest activation over all pictures at that epoch. A frame marks where another picture became the strongest, a broken line that no picture activates the map.',
  settings: {
    group: 'What is compared',
    maps: 'Maps of a layer',
    draw: 'Draw others',
    contrast: 'Contrast',
    contrasts: { tile: 'of each picture', map: 'of each map over all epochs' },
    again: 'Compare again',
    againHint: 'Look for new and changed checkpoints and pictures',
  },
  plan: (models: number, pictures: number) =>
    `${models} models, ${pictures === 1 ? '1 picture' : `${pictures.toLocaleString('en')} pictures`}`,
  map: (map: number) => `map ${map}`,
  epoch: (epoch: number) => `epoch ${epoch}`,
  cell: (place: string, image: string | null, activation: number, changed: boolean) =>
    image === null
      ? `${place}: inactive`
      : `${place}: ${number(activation)} in ${image}${changed ? ', another picture than before' : ''}`,
  pending: (place: string) => `${place}: not measured yet`,
  curves: {
    heading: 'How near to its last state each layer is',
    filters: 'Correlation of filters with the last ones',
    projections: 'Correlation of projections with the last ones',
    x: 'Epoch',
    y: 'Correlation',
    reading: (epoch: string, values: string) => `${epoch}: ${values}`,
    settled: (layer: string, epoch: string) => `${layer} from ${epoch}`,
    settledAll: (parts: string) => `Filters correlate at least 0.9 with the last ones: ${parts}.`,
  },
  report: {
    title: (models: string) => `Evolution of features in ${models}`,
    models: 'Checkpoints',
    last: 'Last model',
    hash: 'SHA-256 of the last model',
    pictures: 'Pictures',
    maps: 'Maps of a layer',
    seed: 'Seed of the draw',
    contrast: 'Contrast',
    problems: 'Could not be read',
    table: 'Convergence',
  },
};
